using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class RoutePlanTests
{
    private const int Host = 7;
    private static readonly NodeFacts Dual = Make.Node("own", "10.0.0.1", "fd00::1", "10.244.0.0/24", "fd01:0::/64");
    private static readonly IReadOnlyList<IPNetwork> Services = [IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("fd00:96::/112")];

    [Fact]
    public void Service_ranges_go_to_the_datapath_with_the_InternalIP_as_source()
    {
        var route = Find(RoutePlan.Compute(Dual, Services, [], Host), "10.96.0.0/16");

        Assert.Equal(NetworkNames.GatewayIPv4, route.Gateway);
        Assert.Equal((Host, true, IPAddress.Parse("10.0.0.1")), (route.LinkIndex, route.OnLink, route.PreferredSource));
        Assert.Equal(IPAddress.Parse("fd00::1"), Find(RoutePlan.Compute(Dual, Services, [], Host), "fd00:96::/112").PreferredSource);
    }

    [Fact]
    public void The_gateways_are_reached_on_link()
    {
        var route = Find(RoutePlan.Compute(Dual, [], [], Host), "169.254.1.2/32");

        Assert.Equal((Host, null, RouteScope.Link), (route.LinkIndex, route.Gateway, route.Scope));
    }

    [Fact]
    public void Direct_peers_are_next_hops_on_the_uplink()
    {
        var peer = Peer("10.244.1.0/24", new Way(WayKind.Direct, IPAddress.Parse("10.0.0.2"), 2, 1500));

        var route = Find(RoutePlan.Compute(Dual, [], [peer], Host), "10.244.1.0/24");

        Assert.Equal((IPAddress.Parse("10.0.0.2"), 2, IPAddress.Parse("10.0.0.1"), (int?)null), (route.Gateway!, route.LinkIndex, route.PreferredSource!, route.Mtu));
    }

    [Fact]
    public void Encapsulated_peers_go_to_the_datapath_with_a_smaller_mtu()
    {
        var peer = Peer("10.244.1.0/24", new Way(WayKind.Vxlan, IPAddress.Parse("10.9.0.2"), 2, 1450));

        var route = Find(RoutePlan.Compute(Dual, [], [peer], Host), "10.244.1.0/24");

        Assert.Equal((NetworkNames.GatewayIPv4, Host, 1450), (route.Gateway, route.LinkIndex, route.Mtu));
    }

    [Fact]
    public void Pods_without_a_way_are_unreachable_rather_than_sent_to_the_world()
    {
        Assert.Equal(RouteType.Unreachable, Find(RoutePlan.Compute(Dual, [], [Peer("10.244.1.0/24", Way.None)], Host), "10.244.1.0/24").Type);
    }

    [Fact]
    public void Own_pod_range_is_unreachable_with_the_last_metric()
    {
        var route = Find(RoutePlan.Compute(Dual, [], [], Host), "10.244.0.0/24");

        Assert.Equal((RouteType.Unreachable, RoutePlan.LastMetric), (route.Type, route.Metric));
    }

    [Fact]
    public void A_family_without_an_InternalIP_gets_no_route()
    {
        var own = Make.Node("own", "10.0.0.1", "10.244.0.0/24", "fd01:0::/64");

        Assert.DoesNotContain(RoutePlan.Compute(own, Services, [], Host), r => !r.IsIPv4);
    }

    [Fact]
    public void Every_route_is_marked_as_Netweirs()
    {
        Assert.All(RoutePlan.Compute(Dual, Services, [], Host), r => Assert.Equal(158, r.Protocol));
    }

    private static PeerWays Peer(string cidr, Way way) => new() { Peer = Make.Node("peer", cidr), IPv4 = way, IPv6 = Way.None };

    private static Route Find(IReadOnlyList<Route> routes, string destination) => Assert.Single(routes, r => r.Destination.ToString() == destination);
}
