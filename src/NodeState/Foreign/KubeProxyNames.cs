using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>What kube-proxy calls its own in netfilter (upstream: pkg/proxy/iptables, ipvs and nftables).</summary>
public static class KubeProxyNames
{
    /// <summary>The dummy device on which its IPVS mode puts the addresses of all services.</summary>
    public const string IpvsDevice = "kube-ipvs0";

    /// <summary>Of its nftables mode.</summary>
    public const string Table = "kube-proxy";

    /// <summary>Every chain of its iptables and IPVS modes leads here first.</summary>
    public const string Services = "KUBE-SERVICES";

    private static readonly string[] s_prefixes = ["KUBE-SVC-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-", "KUBE-SVL-", "KUBE-XLB-"];

    /// <summary>
    /// Not among them are the kubelet's (KUBE-FIREWALL, KUBE-KUBELET-CANARY, KUBE-MARK-DROP, KUBE-IPTABLES-HINT) and those of others that start with
    /// KUBE-, such as kube-router's.
    /// </summary>
    private static readonly HashSet<string> s_names =
    [
        Services, "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS", "KUBE-FORWARD", "KUBE-PROXY-FIREWALL", "KUBE-PROXY-CANARY", "KUBE-POSTROUTING",
        "KUBE-MARK-MASQ", "KUBE-LOAD-BALANCER", "KUBE-NODE-PORT", "KUBE-SOURCE-RANGES", "KUBE-IPVS-FILTER", "KUBE-IPVS-OUT-FILTER", "KUBE-PORTALS-CONTAINER",
        "KUBE-PORTALS-HOST", "KUBE-NODEPORT-CONTAINER", "KUBE-NODEPORT-HOST", "KUBE-NODEPORT-NON-LOCAL",
    ];

    public static bool IsChain(string name) =>
        s_names.Contains(name) || s_prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));

    public static bool IsTable(NfTablesTable table) => table is { Name: Table, Family: NfTablesFamily.IPv4 or NfTablesFamily.IPv6 };

    /// <summary>Whether iptables-nft has such a table, and kube-proxy chains in it.</summary>
    public static bool MayHold(NfTablesTable table) =>
        table.Family is NfTablesFamily.IPv4 or NfTablesFamily.IPv6 && table.Name is "filter" or "nat" or "mangle" or "raw";
}
