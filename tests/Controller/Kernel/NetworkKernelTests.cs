using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class NetworkKernelTests : IDisposable
{
    private static readonly NodeFacts Own = Make.Node("own", "10.0.0.1", "fd00::1", "10.244.0.0/24", "fd01:0::/64");
    private static readonly IReadOnlyList<IPNetwork> Services = [IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("fd00:96::/112")];
    private readonly TestNode _node = new();
    private readonly DeviceReconciler _devices;
    private readonly RouteReconciler _routes;
    private readonly NeighbourReconciler _neighbours;

    public NetworkKernelTests()
    {
        _devices = new DeviceReconciler(_node.Netlink, _node.Directory, _node.Tampering, _node.Ledger);
        _routes = new RouteReconciler(_node.Netlink, _node.Tampering, _node.Ledger);
        _neighbours = new NeighbourReconciler(_node.Netlink, _node.Tampering);
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Devices_are_made_up_with_their_macs_and_mtu_and_one_address()
    {
        var devices = Devices();

        var host = _node.Netlink.Links.Get(devices.Host);
        var net = _node.Netlink.Links.Get(devices.Net);
        var overlay = _node.Netlink.Links.Get(devices.Overlay);
        Assert.Equal(("nw_host", NetworkNames.HostMac, 1500, true), (host.Name, host.Mac, host.Mtu, host.IsUp));
        Assert.Equal(("nw_net", NetworkNames.NetMac, 1500, true), (net.Name, net.Mac, net.Mtu, net.IsUp));
        Assert.Equal(("nw_overlay", "vxlan", 1450, true), (overlay.Name, overlay.Kind, overlay.Mtu, overlay.IsUp));
        Assert.All([devices.Net, devices.Overlay], i => Assert.Empty(_node.Netlink.Addresses.List(i)));
        var own = Assert.Single(_node.Netlink.Addresses.List(devices.Host));
        Assert.Equal((NetworkNames.HostAddress, (byte)32, RouteScope.Link), (own.Address, (byte)own.PrefixLength, own.Scope));
    }

    [Fact]
    public void A_second_turn_writes_nothing()
    {
        Everything();
        using var monitor = _node.Namespace.Run(() => NetlinkMonitor.Open(MonitorGroups.All));
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        Assert.Equal(0, Everything());

        Assert.Throws<OperationCanceledException>(() => monitor.Read(limit.Token));
        Assert.Empty(_node.Tampered);
    }

    [Fact]
    public void A_second_agent_finds_everything_in_place()
    {
        Everything();

        var devices = new DeviceReconciler(_node.Netlink, _node.Directory, _node.Tampering, _node.Ledger).Reconcile(new DeviceSpec(1500, true, 4789));

        Assert.Equal(Devices(), devices);
        Assert.Equal(0, new RouteReconciler(_node.Netlink, _node.Tampering, _node.Ledger).Reconcile(Plan(devices)));
        Assert.Empty(_node.Tampered);
    }

    [Fact]
    public void Route_of_somebody_else_is_left_alone_and_told_of()
    {
        var devices = Devices();
        var theirs = new Route { Destination = Services[0], Gateway = IPAddress.Parse("10.0.0.254"), LinkIndex = _node.Netlink.Links.Get("eth0").Index, OnLink = true, Protocol = 4 };
        _node.Netlink.Routes.Add(theirs);

        Everything();
        Everything();

        Assert.Equal(theirs.Gateway, Assert.Single(_node.Netlink.Routes.List(), r => r.Destination == Services[0]).Gateway);
        Assert.Contains(Services[0].ToString(), Assert.Single(_routes.Conflicts), StringComparison.Ordinal);
        Assert.Equal(Plan(devices).Count - 1, _node.OwnRoutes().Count);
    }

    [Fact]
    public void Removed_routes_come_back_and_are_counted()
    {
        Everything();
        foreach (var route in _node.OwnRoutes())
        {
            _node.Netlink.Routes.Delete(route);
        }
        Assert.Empty(_node.OwnRoutes());

        Assert.Equal(Plan(Devices()).Count, Everything());

        Assert.Equal(Plan(Devices()).Count, _node.OwnRoutes().Count);
        Assert.Equal(Plan(Devices()).Count, _node.Tampered.Count(k => k == "route"));
    }

    [Fact]
    public void Removed_devices_come_back_with_routes_and_neighbours()
    {
        Everything();
        _node.Netlink.Links.Delete(NetworkNames.Host);
        _node.Netlink.Links.Delete(NetworkNames.Overlay);

        Everything();

        Assert.Equal(0, Everything());
        Assert.Equal(2, _node.Tampered.Count(k => k == "link"));
        var route = _node.Namespace.Run(() => _node.Netlink.Routes.Lookup(IPAddress.Parse("10.96.0.10")));
        Assert.Equal((Devices().Host, NetworkNames.GatewayIPv4, IPAddress.Parse("10.0.0.1")), (route.LinkIndex, route.Gateway!, route.PreferredSource!));
        var route6 = _node.Netlink.Routes.Lookup(IPAddress.Parse("fd00:96::10"));
        Assert.Equal((Devices().Host, NetworkNames.GatewayIPv6, IPAddress.Parse("fd00::1")), (route6.LinkIndex, route6.Gateway!, route6.PreferredSource!));
    }

    [Fact]
    public void A_device_that_is_down_or_has_another_mtu_is_put_right()
    {
        var devices = Devices();
        _node.Netlink.Links.SetDown(devices.Net);
        _node.Netlink.Links.SetMtu(devices.Host, 1280);

        Devices();

        Assert.True(_node.Netlink.Links.Get(devices.Net).IsUp);
        Assert.Equal(1500, _node.Netlink.Links.Get(devices.Host).Mtu);
    }

    [Fact]
    public void The_address_of_nw_host_comes_back()
    {
        var devices = Devices();
        Assert.True(_node.Netlink.Addresses.Delete(new InterfaceAddress { LinkIndex = devices.Host, Address = NetworkNames.HostAddress, PrefixLength = 32 }));

        Devices();

        Assert.Single(_node.Netlink.Addresses.List(devices.Host));
        Assert.Equal(["address"], _node.Tampered);
    }

    [Fact]
    public void Another_vxlan_port_makes_a_new_device()
    {
        var before = Devices().Overlay;

        var after = _devices.Reconcile(new DeviceSpec(1500, true, 8472)).Overlay;

        Assert.NotEqual(before, after);
        Assert.Equal(after, _devices.Reconcile(new DeviceSpec(1500, true, 8472)).Overlay);
    }

    [Fact]
    public void A_foreign_device_of_the_same_name_is_left_alone_and_named()
    {
        _node.Netlink.Links.CreateVxlan(new VxlanSpec { Name = NetworkNames.Host, Port = 4444 });

        var error = Assert.Throws<StartupException>(() => Devices());

        Assert.StartsWith("interface 'nw_host' is a vxlan, not Netweir's veth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_overlay_is_removed_where_none_is_wanted()
    {
        var devices = Devices();
        Assert.Equal(0, _devices.Prune(new DeviceSpec(1500, true, 4789)));

        Assert.Equal(1, _devices.Prune(new DeviceSpec(1500, false, 4789)));

        Assert.Null(_node.Netlink.Links.Find(NetworkNames.Overlay));
        Assert.Equal(devices.Host, _node.Netlink.Links.Get(NetworkNames.Host).Index);
        Assert.Equal(0, _devices.Prune(new DeviceSpec(1500, false, 4789)));
        Assert.Empty(_node.Tampered);
    }

    [Fact]
    public void A_foreign_device_named_like_the_overlay_is_not_removed()
    {
        _node.Netlink.Links.CreateVeth(new VethSpec { Name = NetworkNames.Overlay, PeerName = "foreign" });

        Assert.Equal(0, _devices.Prune(new DeviceSpec(1500, false, 4789)));

        Assert.NotNull(_node.Netlink.Links.Find(NetworkNames.Overlay));
    }

    [Fact]
    public void A_peer_that_left_loses_its_route_and_pod_routes_stay()
    {
        var devices = Devices();
        var way = new Way(WayKind.Direct, IPAddress.Parse("10.0.0.2"), _node.Uplink, 1500);
        var peer = new PeerWays { Peer = Make.Node("peer", "10.0.0.2", "10.244.1.0/24"), IPv4 = way, IPv6 = Way.None };
        _routes.Reconcile(RoutePlan.Compute(Own, Services, [peer], devices.Host));
        _node.Netlink.Routes.Add(new Route { Destination = IPNetwork.Parse("10.244.0.7/32"), LinkIndex = _node.Uplink, Scope = RouteScope.Link });
        Assert.Equal(IPAddress.Parse("10.0.0.2"), _node.Netlink.Routes.Lookup(IPAddress.Parse("10.244.1.5")).Gateway);

        Assert.Equal(1, _routes.Reconcile(Plan(devices)));

        Assert.DoesNotContain(_node.OwnRoutes(), r => r.Destination.ToString() == "10.244.1.0/24");
        Assert.Contains(_node.OwnRoutes(), r => r.Destination.ToString() == "10.244.0.7/32");
    }

    [Fact]
    public void Addresses_of_the_own_pod_range_without_a_pod_are_unreachable()
    {
        Everything();

        Assert.Throws<NetlinkException>(() => _node.Netlink.Routes.Lookup(IPAddress.Parse("10.244.0.77")));
    }

    [Fact]
    public void Settings_are_written_once()
    {
        var sysctls = new SysctlReconciler(_node.Tampering, _node.Ledger);
        Devices();
        var uplinks = Uplinks();

        Assert.True(_node.Namespace.Run(() => sysctls.Reconcile(Own, uplinks, overlay: true, localhostNodePorts: true)) > 0);
        Assert.Equal(0, _node.Namespace.Run(() => sysctls.Reconcile(Own, uplinks, overlay: true, localhostNodePorts: true)));
        Assert.Equal("2", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/conf/nw_host/rp_filter")));
        Assert.Equal("1", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/ip_forward")));
        Assert.Equal("1", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/conf/nw_host/accept_local")));
        Assert.Equal("1", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/conf/nw_host/route_localnet")));
        Assert.Equal("0", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/conf/nw_net/accept_local")));
        Assert.Equal("0", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/conf/eth0/route_localnet")));
        Assert.Empty(_node.Tampered);

        _node.Namespace.Run(() => Sysctl.Write("net/ipv4/conf/nw_host/rp_filter", "1"));
        Assert.Equal(1, _node.Namespace.Run(() => sysctls.Reconcile(Own, uplinks, overlay: true, localhostNodePorts: true)));
        Assert.Equal(["sysctl"], _node.Tampered);
    }

    [Fact]
    public void Loopback_addresses_are_not_routed_where_no_NodePorts_are_served_on_them()
    {
        Devices();
        var uplinks = Uplinks();
        _node.Namespace.Run(() => new SysctlReconciler(_node.Tampering, _node.Ledger).Reconcile(Own, uplinks, overlay: false, localhostNodePorts: true));

        _node.Namespace.Run(() => new SysctlReconciler(_node.Tampering, _node.Ledger).Reconcile(Own, uplinks, overlay: false, localhostNodePorts: false));

        Assert.Equal("0", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/conf/nw_host/route_localnet")));
        Assert.Equal("1", _node.Namespace.Run(() => Sysctl.Read("net/ipv4/conf/nw_host/accept_local")));
        Assert.Empty(_node.Tampered);
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9/32")]
    [InlineData("2001:db8::9", "2001:db8::9/128")]
    public void External_addresses_are_reached_by_ports_through_the_datapath_and_else_as_before(string address, string prefix)
    {
        var devices = Devices();
        _neighbours.Reconcile(Own, devices.Host);
        _routes.Reconcile(Plan(devices));
        var external = new RouteReconciler(_node.Netlink, _node.Tampering, _node.Ledger, NetworkNames.ExternalTable);
        var rules = new RuleReconciler(_node.Netlink, _node.Tampering, _node.Ledger);
        var plan = new[] { RoutePlan.ThroughDatapath(Own, IPNetwork.Parse(prefix), devices.Host, 1450) with { Table = NetworkNames.ExternalTable } };

        Assert.Equal(1, external.Reconcile(plan));
        Assert.Equal(3, rules.Reconcile(ExternalRoutePlan.Rules(plan)));
        Assert.Equal(0, external.Reconcile(plan) + rules.Reconcile(ExternalRoutePlan.Rules(plan)) + _routes.Reconcile(Plan(devices)));
        Assert.Equal(0, new RuleReconciler(_node.Netlink, _node.Tampering, _node.Ledger).Reconcile(ExternalRoutePlan.Rules(plan)));

        foreach (var protocol in (string[])["tcp", "udp"]) // the kernel answers no such question about SCTP
        {
            Assert.Contains("dev nw_host", _node.RouteGet(address, "ipproto", protocol, "dport", "80"), StringComparison.Ordinal);
        }
        Assert.Contains("dev eth0", _node.RouteGet(address), StringComparison.Ordinal);
        Assert.Contains("dev eth0", _node.RouteGet(address, "ipproto", address.Contains(':', StringComparison.Ordinal) ? "ipv6-icmp" : "icmp"), StringComparison.Ordinal);
        Assert.Equal(4, external.Reconcile([]) + rules.Reconcile([]));
        Assert.Contains("dev eth0", _node.RouteGet(address, "ipproto", "tcp", "dport", "80"), StringComparison.Ordinal);
        Assert.Empty(_node.Tampered);
    }

    [Fact]
    public void Rules_of_others_stay_and_own_ones_come_back()
    {
        var foreign = new RoutingRule { IsIPv4 = true, Priority = 500, Table = 77, Protocol = 4 };
        _node.Netlink.Rules.Add(foreign);
        var plan = ExternalRoutePlan.Rules([RoutePlan.ThroughDatapath(Own, IPNetwork.Parse("203.0.113.9/32"), _node.Uplink, null)]);
        var rules = new RuleReconciler(_node.Netlink, _node.Tampering, _node.Ledger);
        rules.Reconcile(plan);
        Assert.True(_node.Netlink.Rules.Delete(plan[1]));
        Assert.False(_node.Netlink.Rules.Delete(plan[1]));

        Assert.Equal(1, rules.Reconcile(plan));

        Assert.Equal(["rule"], _node.Tampered);
        Assert.Equal(plan.Append(foreign).OrderBy(r => $"{r}"), _node.Netlink.Rules.List().Where(r => r.Priority is 158 or 500).OrderBy(r => $"{r}"));
    }

    [Fact]
    public void The_uplink_is_found_from_the_kernels_routes()
    {
        Assert.Equal(
            new Uplink(_node.Uplink, "eth0", 1500, IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")), Assert.Single(Uplinks()));
    }

    [Theory]
    [InlineData("10.0.0.2", WayKind.Direct)]
    [InlineData("10.9.0.2", WayKind.Vxlan)]
    internal void Auto_asks_the_kernel_whether_a_peer_is_a_neighbour(string peer, WayKind expected)
    {
        var host = HostFacts.Read(_node.Netlink);
        var problems = new List<string>();

        var ways = PeerRouting.Compute(
            RoutingMode.Auto, Own, [Make.Node("peer", peer, "10.244.1.0/24")], a => PathFinder.Find(_node.Netlink, host, a), problems);

        Assert.Equal((expected, _node.Uplink), (ways[0].IPv4.Kind, ways[0].IPv4.Ifindex));
        Assert.Empty(problems);
    }

    [Fact]
    public void Auto_follows_a_new_route()
    {
        var peer = Make.Node("peer", "10.9.0.2", "10.244.1.0/24");
        _node.Netlink.Routes.Add(new Route
        {
            Destination = IPNetwork.Parse("10.9.0.0/24"),
            LinkIndex = _node.Uplink,
            Scope = RouteScope.Link,
            Protocol = RouteProtocol.Static,
        });

        var host = HostFacts.Read(_node.Netlink);
        var ways = PeerRouting.Compute(RoutingMode.Auto, Own, [peer], a => PathFinder.Find(_node.Netlink, host, a), []);

        Assert.Equal(new Way(WayKind.Direct, IPAddress.Parse("10.9.0.2"), _node.Uplink, 1500), ways[0].IPv4);
    }

    private IReadOnlyList<Uplink> Uplinks() => UplinkChoice.Compute(HostFacts.Read(_node.Netlink), Own, [], []);

    private Devices Devices() => _devices.Reconcile(new DeviceSpec(1500, true, 4789));

    private static IReadOnlyList<Route> Plan(Devices devices) => RoutePlan.Compute(Own, Services, [], devices.Host);

    /// <summary>The number of routes and neighbours written.</summary>
    private int Everything()
    {
        var devices = Devices();
        return _neighbours.Reconcile(Own, devices.Host) + _routes.Reconcile(Plan(devices));
    }
}
