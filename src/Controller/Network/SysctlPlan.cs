using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The kernel settings that the datapath needs, and those that kube-proxy makes.</summary>
internal static class SysctlPlan
{
    /// <summary>
    /// Names as below /proc/sys. Settings that this kernel does not have (IPv6 or conntrack not built in or loaded) are left out when applied.
    /// <paramref name="localhostNodePorts"/>: NodePorts are served on 127.0.0.0/8 as well.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Compute(NodeFacts own, bool overlay, bool localhostNodePorts)
    {
        var plan = new List<KeyValuePair<string, string>>
        {
            new("net/ipv4/ip_forward", "1"),
            // As kube-proxy, for the flows of host processes, which netfilter tracks.
            new("net/netfilter/nf_conntrack_tcp_timeout_established", "86400"),
            new("net/netfilter/nf_conntrack_tcp_timeout_close_wait", "3600"),
        };
        if (own.InternalIPv6 is not null)
        {
            plan.Add(new("net/ipv6/conf/all/forwarding", "1"));
        }
        string[] devices = overlay ? [NetworkNames.Host, NetworkNames.Net, NetworkNames.Overlay] : [NetworkNames.Host, NetworkNames.Net];
        foreach (var device in devices)
        {
            // Loose: replies come from another device than the route's. The kernel takes the larger of this and conf/all.
            plan.Add(new($"net/ipv4/conf/{device}/rp_filter", "2"));
            // A backend's answer to this host itself arrives on nw_host, from one of the host's own addresses. Nothing but Netweir sends there.
            plan.Add(new($"net/ipv4/conf/{device}/accept_local", device == NetworkNames.Host ? "1" : "0"));
            plan.Add(new($"net/ipv4/conf/{device}/forwarding", "1"));
            if (own.InternalIPv6 is not null)
            {
                plan.Add(new($"net/ipv6/conf/{device}/disable_ipv6", "0"));
            }
        }
        plan.Add(new($"net/ipv4/conf/{NetworkNames.Host}/route_localnet", localhostNodePorts ? "1" : "0"));
        return plan;
    }
}
