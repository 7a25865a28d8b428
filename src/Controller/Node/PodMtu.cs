namespace Netweir.Controller;

/// <summary>The MTU of pod interfaces.</summary>
internal static class PodMtu
{
    /// <summary>Bytes: what was asked for, else the smallest uplink's less the overhead of VXLAN where that is in use.</summary>
    public static int Compute(AgentOptions options, IReadOnlyList<Uplink> uplinks, IReadOnlyList<PeerWays> peers)
    {
        if (options.Mtu != 0)
        {
            return options.Mtu;
        }
        var overlay = options.Routing == RoutingMode.Vxlan || peers.Any(p => p.IPv4.IsTunnel || p.IPv6.IsTunnel);
        return uplinks.Min(u => u.Mtu) - (overlay ? Way.VxlanOverhead : 0);
    }
}
