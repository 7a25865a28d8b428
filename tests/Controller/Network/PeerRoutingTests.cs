using System.Net;

namespace Netweir.Controller.Tests;

public sealed class PeerRoutingTests
{
    private static readonly NodeFacts Own = Make.Node("own", "10.0.0.1", "fd00::1", "10.244.0.0/24", "fd01:0::/64");
    private readonly Dictionary<string, PathAnswer> _paths = [];
    private readonly List<string> _problems = [];

    [Fact]
    public void A_neighbour_is_reached_directly()
    {
        Path("10.0.0.2");

        var way = Decide(RoutingMode.Auto, Make.Node("peer", "10.0.0.2", "10.244.1.0/24")).IPv4;

        Assert.Equal(new Way(WayKind.Direct, IPAddress.Parse("10.0.0.2"), 2, 1500), way);
        Assert.Empty(_problems);
    }

    [Fact]
    public void A_peer_behind_a_gateway_is_reached_by_vxlan()
    {
        Path("10.9.0.2", "10.0.0.254");

        var way = Decide(RoutingMode.Auto, Make.Node("peer", "10.9.0.2", "10.244.1.0/24")).IPv4;

        Assert.Equal(new Way(WayKind.Vxlan, IPAddress.Parse("10.9.0.2"), 2, 1450), way);
    }

    [Fact]
    public void Forced_vxlan_encapsulates_to_neighbours_too()
    {
        Path("10.0.0.2");

        Assert.Equal(WayKind.VxlanToNeighbour, Decide(RoutingMode.Vxlan, Make.Node("peer", "10.0.0.2", "10.244.1.0/24")).IPv4.Kind);
    }

    [Fact]
    public void Forced_direct_goes_through_the_gateway()
    {
        Path("10.9.0.2", "10.0.0.254");

        var way = Decide(RoutingMode.Direct, Make.Node("peer", "10.9.0.2", "10.244.1.0/24")).IPv4;

        Assert.Equal(new Way(WayKind.Direct, IPAddress.Parse("10.0.0.254"), 2, 1500), way);
    }

    [Fact]
    public void IPv6_pods_of_a_peer_without_an_IPv6_InternalIP_travel_over_IPv4()
    {
        Path("10.0.0.2");

        var ways = Decide(RoutingMode.Auto, Make.Node("peer", "10.0.0.2", "10.244.1.0/24", "fd01:1::/64"));

        Assert.Equal(WayKind.Direct, ways.IPv4.Kind);
        Assert.Equal(new Way(WayKind.VxlanToNeighbour, IPAddress.Parse("10.0.0.2"), 2, 1450), ways.IPv6);
    }

    [Fact]
    public void A_peer_with_IPv6_alone_is_direct_when_it_is_a_neighbour()
    {
        Path("fd00::2");

        Assert.Equal(WayKind.Direct, Decide(RoutingMode.Auto, Make.Node("peer", "fd00::2", "fd01:1::/64")).IPv6.Kind);
    }

    [Theory]
    [InlineData(RoutingMode.Auto)]
    [InlineData(RoutingMode.Vxlan)]
    internal void A_peer_with_IPv6_alone_that_needs_a_tunnel_is_unreachable_and_reported(RoutingMode mode)
    {
        Path("fd09::2", "fd00::fe");

        Assert.Equal(Way.None, Decide(mode, Make.Node("peer", "fd09::2", "fd01:1::/64")).IPv6);
        Assert.Contains("node peer: its IPv6 addresses are not reachable", Assert.Single(_problems), StringComparison.Ordinal);
        Assert.Contains("the tunnel needs an IPv4 InternalIP, which peer lacks", _problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_peer_without_any_route_is_reported()
    {
        Assert.Equal(Way.None, Decide(RoutingMode.Auto, Make.Node("peer", "10.9.0.2", "10.244.1.0/24")).IPv4);
        Assert.Contains("no route to 10.9.0.2", Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_that_a_peer_does_not_use_is_no_problem()
    {
        Path("10.0.0.2");

        Assert.Equal(Way.None, Decide(RoutingMode.Auto, Make.Node("peer", "10.0.0.2", "10.244.1.0/24")).IPv6);
        Assert.Empty(_problems);
    }

    private void Path(string address, string? gateway = null) =>
        _paths[address] = new PathAnswer(2, 1500, gateway is null ? null : IPAddress.Parse(gateway));

    private PeerWays Decide(RoutingMode mode, NodeFacts peer) => Assert.Single(PeerRouting.Compute(
        mode, Own, [peer], a => _paths.TryGetValue(a.ToString(), out var answer) ? answer : null, _problems));
}
