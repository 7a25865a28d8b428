namespace Netweir.Netlink;

/// <summary>Whose packets an nf_tables table sees (NFPROTO_*).</summary>
public enum NfTablesFamily : byte
{
    Inet = 1,
    IPv4 = 2,
    IPv6 = 10,
}
