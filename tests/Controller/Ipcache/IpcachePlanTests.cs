using System.Net;
using Netweir.Maps;
using Netweir.Netlink;

namespace Netweir.Controller.Tests;

public sealed class IpcachePlanTests
{
    private static readonly NodeFacts Own = Make.Node("own", "10.0.0.1", "10.244.0.0/24", "fd01:0::/64");
    private static readonly Way Direct = new(WayKind.Direct, IPAddress.Parse("10.0.0.2"), 2, 1500);
    private static readonly Way Vxlan = new(WayKind.Vxlan, IPAddress.Parse("10.0.0.2"), 2, 1450);

    [Fact]
    public void Own_addresses_are_the_host_but_not_loopback_or_link_local()
    {
        var plan = Compute(["127.0.0.1", "::1", "fe80::1", "169.254.7.7", "10.0.0.1", "fd00::1"], []);

        Assert.Equal((byte)IpcacheKind.Host, plan[Key("10.0.0.1/32")].Kind);
        Assert.Equal((byte)IpcacheKind.Host, plan[Key("fd00::1/128")].Kind);
        Assert.Equal(2, plan.Values.Count(e => e.Kind == (byte)IpcacheKind.Host));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Loopback_range_is_the_host_where_NodePorts_are_served_on_it(bool served)
    {
        var plan = Compute([], [], served);

        Assert.Equal(served, plan.TryGetValue(Key("127.0.0.0/8"), out var entry) && entry.Kind == (byte)IpcacheKind.Host);
    }

    [Theory]
    [InlineData("169.254.1.1/32")]
    [InlineData("169.254.1.2/32")]
    [InlineData("fd6e:6574:7765:6972::2/128")]
    public void Gateways_are_addresses_that_no_pod_has(string gateway) =>
        Assert.Equal(new IpcacheEntry { Kind = (byte)IpcacheKind.LocalPods }, Compute([], [])[Key(gateway)]);

    [Fact]
    public void IPv4_prefixes_are_mapped()
    {
        var key = IpcachePlan.Key(IPNetwork.Parse("10.244.0.0/24"));

        Assert.Equal((120u, "10.244.0.0"), (key.PrefixLength, key.Address.ToString()));
    }

    [Fact]
    public void Peers_pods_and_InternalIPs_have_their_way()
    {
        var peer = new PeerWays { Peer = Make.Node("peer", "10.0.0.2", "10.244.1.0/24", "fd01:1::/64"), IPv4 = Direct, IPv6 = Vxlan };

        var plan = Compute([], [peer]);

        Assert.Equal(Entry(IpcacheKind.RemotePods, IpcacheRouting.Direct, 1500), plan[Key("10.244.1.0/24")]);
        Assert.Equal(Entry(IpcacheKind.RemotePods, IpcacheRouting.Vxlan, 1450), plan[Key("fd01:1::/64")]);
        Assert.Equal(Entry(IpcacheKind.RemoteNode, IpcacheRouting.Direct, 1500), plan[Key("10.0.0.2/32")]);
    }

    [Fact]
    public void A_peer_without_a_way_has_no_routing()
    {
        var peer = new PeerWays { Peer = Make.Node("peer", "10.0.0.2", "10.244.1.0/24"), IPv4 = Way.None, IPv6 = Way.None };

        Assert.Equal(new IpcacheEntry { Kind = (byte)IpcacheKind.RemotePods }, Compute([], [peer])[Key("10.244.1.0/24")]);
    }

    [Fact]
    public void Service_ranges_own_pods_and_exclusions_have_their_kinds()
    {
        var plan = Compute([], []);

        Assert.Equal((byte)IpcacheKind.Services, plan[Key("10.96.0.0/16")].Kind);
        Assert.Equal((byte)IpcacheKind.LocalPods, plan[Key("10.244.0.0/24")].Kind);
        Assert.Equal((byte)IpcacheKind.LocalPods, plan[Key("fd01:0::/64")].Kind);
        Assert.Equal((byte)IpcacheKind.NoMasquerade, plan[Key("10.0.0.0/8")].Kind);
    }

    [Fact]
    public void An_own_address_wins_over_a_stale_peer_with_the_same()
    {
        var stale = new PeerWays { Peer = Make.Node("stale", "10.0.0.1"), IPv4 = Direct, IPv6 = Way.None };

        Assert.Equal((byte)IpcacheKind.Host, Compute(["10.0.0.1"], [stale])[Key("10.0.0.1/32")].Kind);
    }

    [Fact]
    public void Nodes_are_named_by_every_InternalIP()
    {
        var plan = MapPlans.Nodes([Make.Node("peer", "10.0.0.2", "fd00::2"), Make.Node("twin", "10.0.0.2")]);

        Assert.Equal(["peer", "peer"], plan.Values.Select(n => n.Name.ToString()));
    }

    [Fact]
    public void A_diff_holds_only_what_differs()
    {
        var desired = new Dictionary<int, int> { [1] = 10, [2] = 20, [3] = 30 };
        var actual = new Dictionary<int, int> { [1] = 10, [2] = 21, [4] = 40 };

        var diff = MapDiff<int, int>.Compute(desired, actual);

        Assert.Equal([KeyValuePair.Create(2, 20), KeyValuePair.Create(3, 30)], diff.Upserts);
        Assert.Equal([4], diff.Deletes);
        Assert.True(MapDiff<int, int>.Compute(desired, desired).IsEmpty);
    }

    private static Dictionary<IpcacheKey, IpcacheEntry> Compute(string[] addresses, IReadOnlyList<PeerWays> peers, bool localhost = false) => IpcachePlan.Compute(
        Own,
        addresses.Select(a => new InterfaceAddress { LinkIndex = 2, Address = IPAddress.Parse(a), PrefixLength = 24 }),
        peers,
        [IPNetwork.Parse("10.96.0.0/16")],
        [IPNetwork.Parse("10.0.0.0/8")],
        localhost);

    private static IpcacheKey Key(string cidr) => IpcachePlan.Key(IPNetwork.Parse(cidr));

    private static IpcacheEntry Entry(IpcacheKind kind, IpcacheRouting routing, ushort mtu) =>
        new() { Kind = (byte)kind, Node = Address.Parse("10.0.0.2"), Ifindex = 2, Mtu = mtu, Routing = (byte)routing };
}
