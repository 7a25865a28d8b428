using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The host's routes, computed.</summary>
internal static class RoutePlan
{
    /// <summary>Loses against any other route to the same prefix.</summary>
    public const uint LastMetric = 0x7fff_ffff;

    private static readonly bool[] BothFamilies = [true, false];

    /// <summary>What IPv6 makes of 0.</summary>
    private const uint IPv6Metric = 1024;

    /// <summary>
    /// <paramref name="hostIndex"/> is nw_host's. A family that this node has no InternalIP of gets no routes: its traffic would have no source.
    /// </summary>
    public static IReadOnlyList<Route> Compute(
        NodeFacts own, IReadOnlyList<IPNetwork> serviceCidrs, IReadOnlyList<PeerWays> peers, int hostIndex)
    {
        var routes = new List<Route>();
        foreach (var ipv4 in Families(own))
        {
            routes.Add(ToGateway(ipv4, hostIndex));
            routes.AddRange(serviceCidrs.Where(c => c.IsIPv4() == ipv4).Select(c => ThroughDatapath(own, c, hostIndex, SmallestMtu(peers, ipv4))));
            foreach (var peer in peers)
            {
                routes.AddRange(peer.Peer.PodCidrs.Where(c => c.IsIPv4() == ipv4).Select(c => ToPeer(own, c, peer.Of(ipv4), hostIndex)));
            }
            routes.AddRange(own.PodCidrs.Where(c => c.IsIPv4() == ipv4).Select(Unreachable));
        }
        return routes;
    }

    /// <summary>The families that this node has an InternalIP of; true is IPv4.</summary>
    public static IEnumerable<bool> Families(NodeFacts own) => BothFamilies.Where(f => own.InternalIP(f) is not null);

    /// <summary>A service's backend may be behind any of the tunnels: what the host sends must fit into each. Null without tunnels.</summary>
    public static int? SmallestMtu(IReadOnlyList<PeerWays> peers, bool ipv4) =>
        peers.Select(p => p.Of(ipv4)).Where(w => w.IsTunnel).Min(w => (int?)w.Mtu);

    private static Route ToGateway(bool ipv4, int hostIndex) => new()
    {
        Destination = NetworkNames.Gateway(ipv4).ToNetwork(),
        LinkIndex = hostIndex,
        Scope = ipv4 ? RouteScope.Link : RouteScope.Universe,
        Metric = ipv4 ? 0 : IPv6Metric,
    };

    private static Route ToPeer(NodeFacts own, IPNetwork pods, Way way, int hostIndex) => way.Kind switch
    {
        WayKind.Direct => Via(own, pods, way.Node!, way.Ifindex, mtu: null),
        WayKind.Vxlan or WayKind.VxlanToNeighbour => ThroughDatapath(own, pods, hostIndex, way.Mtu),
        _ => Unreachable(pods),
    };

    /// <summary>By nw_host, with this node's InternalIP as source, which it has.</summary>
    public static Route ThroughDatapath(NodeFacts own, IPNetwork destination, int hostIndex, int? mtu) =>
        Via(own, destination, NetworkNames.Gateway(destination.IsIPv4()), hostIndex, mtu);

    private static Route Via(NodeFacts own, IPNetwork destination, IPAddress gateway, int ifindex, int? mtu) => new()
    {
        Destination = destination,
        Gateway = gateway,
        LinkIndex = ifindex,
        OnLink = true,
        PreferredSource = own.InternalIP(destination.IsIPv4()),
        Mtu = mtu,
        Metric = destination.IsIPv4() ? 0 : IPv6Metric,
    };

    /// <summary>Rather an error at once than a packet that leaves by the default route.</summary>
    private static Route Unreachable(IPNetwork destination) => new() { Destination = destination, Type = RouteType.Unreachable, Metric = LastMetric };
}
