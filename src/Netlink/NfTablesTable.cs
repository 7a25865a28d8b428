using System.Globalization;

namespace Netweir.Netlink;

/// <summary>The name of an nf_tables table.</summary>
public sealed record NfTablesTable(NfTablesFamily Family, string Name)
{
    /// <summary>As <c>nft</c> writes it: <c>ip6 kube-proxy</c>.</summary>
    public override string ToString() => $"{Word} {Name}";

    private string Word => Family switch
    {
        NfTablesFamily.Inet => "inet",
        NfTablesFamily.IPv4 => "ip",
        NfTablesFamily.IPv6 => "ip6",
        NfTablesFamily.Arp => "arp",
        NfTablesFamily.Bridge => "bridge",
        NfTablesFamily.NetDevice => "netdev",
        _ => ((byte)Family).ToString(CultureInfo.InvariantCulture),
    };
}
