using System.Net;

namespace Netweir.Controller;

/// <summary>Decides how each peer is reached.</summary>
internal static class PeerRouting
{
    /// <summary>
    /// <paramref name="path"/> answers the kernel's route to an address, or null where it has none. Peers or families without a way are named
    /// in <paramref name="problems"/>. The tunnel's outer family is IPv4.
    /// </summary>
    public static IReadOnlyList<PeerWays> Compute(
        RoutingMode mode, NodeFacts own, IReadOnlyList<NodeFacts> peers, Func<IPAddress, PathAnswer?> path, ICollection<string> problems)
    {
        var ways = new List<PeerWays>(peers.Count);
        foreach (var peer in peers)
        {
            ways.Add(new PeerWays
            {
                Peer = peer,
                IPv4 = Decide(mode, own, peer, ipv4: true, path, problems),
                IPv6 = Decide(mode, own, peer, ipv4: false, path, problems),
            });
        }
        return ways;
    }

    private static Way Decide(
        RoutingMode mode, NodeFacts own, NodeFacts peer, bool ipv4, Func<IPAddress, PathAnswer?> path, ICollection<string> problems)
    {
        if (!IsUsed(peer, ipv4))
        {
            return Way.None;
        }
        var address = peer.InternalIP(ipv4);
        var answer = address is null ? null : path(address);
        if (mode != RoutingMode.Vxlan && answer is { } found && (mode == RoutingMode.Direct || found.Gateway is null))
        {
            return new Way(WayKind.Direct, found.Gateway ?? address, found.Ifindex, found.Mtu);
        }
        if (mode != RoutingMode.Direct && own.InternalIPv4 is not null && peer.InternalIPv4 is { } endpoint && path(endpoint) is { } outer)
        {
            return new Way(outer.Gateway is null ? WayKind.VxlanToNeighbour : WayKind.Vxlan, endpoint, outer.Ifindex, outer.Mtu - Way.VxlanOverhead);
        }
        problems.Add($"node {peer.Name}: its {(ipv4 ? "IPv4" : "IPv6")} addresses are not reachable: {Cause(mode, own, peer, ipv4, answer)}");
        return Way.None;
    }

    private static bool IsUsed(NodeFacts peer, bool ipv4) =>
        peer.InternalIP(ipv4) is not null || peer.PodCidrs.Any(c => c.IsIPv4() == ipv4);

    private static string Cause(RoutingMode mode, NodeFacts own, NodeFacts peer, bool ipv4, PathAnswer? answer)
    {
        if (mode == RoutingMode.Direct)
        {
            return peer.InternalIP(ipv4) is { } address
                ? $"this node has no route to {address}"
                : $"it has no InternalIP of that family, and --routing is direct: give it one, or use --routing auto";
        }
        if (own.InternalIPv4 is null || peer.InternalIPv4 is null)
        {
            var name = own.InternalIPv4 is null ? own.Name : peer.Name;
            var why = mode == RoutingMode.Vxlan ? "--routing is vxlan" : answer is null ? "there is no route" : "they are behind a gateway";
            return $"{why}, and the tunnel needs an IPv4 InternalIP, which {name} lacks: give it one";
        }
        return $"this node has no route to {peer.InternalIPv4}";
    }
}
