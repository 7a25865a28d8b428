namespace Netweir.Netlink;

/// <summary>Whose packets an nf_tables table sees (NFPROTO_*).</summary>
public enum NfTablesFamily : byte
{
    Inet = 1,
    IPv4 = 2,
    Arp = 3,
    NetDevice = 5,
    Bridge = 7,
    IPv6 = 10,
}
