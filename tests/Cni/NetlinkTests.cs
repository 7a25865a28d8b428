using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

public sealed class NetlinkTests : IDisposable
{
    private readonly TestNamespace _host = new();
    private readonly TestNamespace _pod = new();

    private Rtnetlink Host => _host.Netlink;

    public void Dispose()
    {
        _host.Dispose();
        _pod.Dispose();
    }

    [Fact]
    public void Veth_is_created_with_its_peer_in_another_namespace()
    {
        MacAddress mac = MacAddress.Parse("02:00:00:00:00:01");
        MacAddress peerMac = MacAddress.Parse("02:00:00:00:00:02");
        Host.Links.CreateVeth(new VethSpec { Name = "nwa", PeerName = "eth0", PeerNamespace = _pod.Handle, Mac = mac, PeerMac = peerMac, Mtu = 1400 });

        Link link = Host.Links.Get("nwa");
        Link peer = _pod.Netlink.Links.Get("eth0");

        Assert.Equal(("veth", mac, 1400, false), (link.Kind, link.Mac, link.Mtu, link.IsUp));
        Assert.Equal(("veth", peerMac, 1400), (peer.Kind, peer.Mac, peer.Mtu));
        Assert.Equal(peer.Index, link.PeerIndex);
        Assert.Equal(link.Index, peer.PeerIndex);
        Assert.NotNull(link.LinkNamespaceId);
        Assert.True(Host.Links.Delete("nwa"));
        Assert.Null(_pod.Netlink.Links.Find("eth0"));
        Assert.False(Host.Links.Delete("nwa"));
        Assert.False(Host.Links.Delete(link.Index));
    }

    [Fact]
    public void Link_settings_are_changed()
    {
        int index = Device("d0");

        Host.Links.SetMtu(index, 1280);
        Host.Links.SetMac(index, MacAddress.Parse("02:00:00:00:00:09"));
        Host.Links.Rename(index, "d1");
        Host.Links.SetUp(index);
        Host.Links.SetReversePathFilter(index, 2);
        Host.Links.SetAddressGenerationMode(index, AddressGenerationMode.None);

        Link link = Host.Links.Get(index);
        Assert.Equal(("d1", 1280, "02:00:00:00:00:09", true), (link.Name, link.Mtu, link.Mac.ToString(), link.IsUp));
        Assert.Equal("2", _host.Handle.Run(() => Sysctl.Read("net/ipv4/conf/d1/rp_filter")));
        Assert.Equal("1", _host.Handle.Run(() => Sysctl.Read("net/ipv6/conf/d1/addr_gen_mode")));
        Host.Links.SetDown(index);
        Assert.False(Host.Links.Get(index).IsUp);
    }

    [Fact]
    public void Vxlan_is_created_for_collect_metadata_mode()
    {
        Host.Links.CreateVxlan(new VxlanSpec { Name = "nwvx", Port = 8472, Mtu = 1450 });

        Link link = Host.Links.Get("nwvx");
        Assert.Equal(("vxlan", 1450), (link.Kind, link.Mtu));
        Host.Links.SetUp(link.Index);
        string ports = _host.Handle.Run(() => File.ReadAllText("/proc/thread-self/net/udp"));
        Assert.Contains(":2118 ", ports, StringComparison.Ordinal); // 8472
    }

    [Fact]
    public void Refusal_names_operation_errno_and_the_kernels_text()
    {
        var e = Assert.Throws<NetlinkException>(() => Host.Routes.Add(new Route
        {
            Destination = IPNetwork.Parse("10.0.0.0/8"),
            Gateway = IPAddress.Parse("192.0.2.1"),
        }));

        Assert.Equal(Errno.ENETUNREACH, e.ErrorNumber);
        Assert.Equal("Nexthop has invalid gateway", e.KernelMessage);
        Assert.StartsWith("add route 10.0.0.0/8 via 192.0.2.1 dev 0 table 254 proto 158: ENETUNREACH (", e.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.ENODEV, Assert.Throws<NetlinkException>(() => Host.Links.Get("nosuch")).ErrorNumber);
        Assert.Null(Host.Links.Find(4711));
    }

    [Fact]
    public void Addresses_of_both_families_are_added_listed_and_deleted()
    {
        int index = Device("d0");
        var v4 = new InterfaceAddress { LinkIndex = index, Address = IPAddress.Parse("10.1.2.3"), PrefixLength = 24, Flags = AddressFlags.NoPrefixRoute };
        var v6 = new InterfaceAddress { LinkIndex = index, Address = IPAddress.Parse("fd00::5"), PrefixLength = 128, Flags = AddressFlags.NoDad };

        Host.Addresses.Replace(v4);
        Host.Addresses.Replace(v4);
        Host.Addresses.Replace(v6);

        List<InterfaceAddress> listed = Host.Addresses.List(index);
        Assert.Contains(v4 with { Flags = AddressFlags.NoPrefixRoute | AddressFlags.Permanent }, listed);
        Assert.Contains(v6 with { Flags = AddressFlags.NoDad | AddressFlags.Permanent }, listed);
        Assert.DoesNotContain(Host.Routes.List(), r => r.Destination == IPNetwork.Parse("10.1.2.0/24"));
        Assert.True(Host.Addresses.Delete(v4));
        Assert.True(Host.Addresses.Delete(v6));
        Assert.False(Host.Addresses.Delete(v4));
        Assert.DoesNotContain(Host.Addresses.List(index), a => a.Address.Equals(v6.Address) || a.Address.Equals(v4.Address));
    }

    public static TheoryData<string, string, string, string> RoutePairs => new()
    {
        { "10.9.0.0/16", "169.254.1.1", "10.1.2.3", "10.9.1.1" },
        { "fd09::/64", "fe80::1", "fd00::5", "fd09::1" },
        { "0.0.0.0/0", "169.254.1.1", "10.1.2.3", "198.51.100.1" },
        { "::/0", "fe80::1", "fd00::5", "2001:db8::1" },
    };

    [Theory]
    [MemberData(nameof(RoutePairs))]
    public void Route_survives_a_round_trip_and_answers_look_ups(string destination, string gateway, string source, string target)
    {
        int index = DeviceWithAddresses();
        var route = new Route
        {
            Destination = IPNetwork.Parse(destination),
            LinkIndex = index,
            Gateway = IPAddress.Parse(gateway),
            PreferredSource = IPAddress.Parse(source),
            Metric = 77,
            Mtu = 1333,
            OnLink = true,
        };

        Host.Routes.Add(route);
        Assert.Equal(Errno.EEXIST, Assert.Throws<NetlinkException>(() => Host.Routes.Add(route)).ErrorNumber);
        Host.Routes.Replace(route with { Mtu = 1300 });

        Route listed = Assert.Single(Host.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }));
        Assert.Equal(route with { Mtu = 1300 }, listed with { NextHops = route.NextHops });
        Route found = Host.Routes.Lookup(IPAddress.Parse(target));
        Assert.Equal((index, route.Gateway, route.PreferredSource), (found.LinkIndex, found.Gateway, found.PreferredSource));
        Assert.True(Host.Routes.Delete(route));
        Assert.False(Host.Routes.Delete(route));
        Assert.Empty(Host.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }));
    }

    [Fact]
    public void Routes_are_filtered_by_family_table_and_protocol()
    {
        int index = DeviceWithAddresses();
        Host.Routes.Add(new Route { Destination = IPNetwork.Parse("10.5.0.0/16"), LinkIndex = index, Scope = RouteScope.Link, Table = 1000 });
        Host.Routes.Add(new Route { Destination = IPNetwork.Parse("10.6.0.0/16"), LinkIndex = index, Scope = RouteScope.Link, Protocol = RouteProtocol.Static });

        Route inTable = Assert.Single(Host.Routes.List(new RouteFilter { Table = 1000 }));
        Assert.Equal((1000u, RouteScope.Link), (inTable.Table, inTable.Scope));
        Assert.Empty(Host.Routes.List(new RouteFilter { Table = 4242 }));
        Assert.Equal(IPNetwork.Parse("10.6.0.0/16"), Assert.Single(Host.Routes.List(new RouteFilter { Protocol = RouteProtocol.Static })).Destination);
        Assert.All(Host.Routes.List(new RouteFilter { Family = AddressFamily.InterNetworkV6 }), r => Assert.False(r.IsIPv4));
    }

    [Fact]
    public void Large_dump_is_complete()
    {
        int index = DeviceWithAddresses();
        for (int i = 0; i < 2000; i++)
        {
            Host.Routes.Add(new Route { Destination = new IPNetwork(new IPAddress([10, 200, (byte)(i >> 8), (byte)i]), 32), LinkIndex = index, Scope = RouteScope.Link });
        }

        List<Route> routes = Host.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir });
        Assert.Equal(2000, routes.Select(r => r.Destination).Distinct().Count());
    }

    [Theory]
    [InlineData("169.254.1.1")]
    [InlineData("fe80::1")]
    public void Permanent_neighbour_is_replaced_and_deleted(string address)
    {
        int index = Device("d0");
        var neighbour = new Neighbour { LinkIndex = index, Address = IPAddress.Parse(address), Mac = MacAddress.Random() };
        Host.Links.SetUp(index);
        Host.Neighbours.Replace(neighbour);
        neighbour = neighbour with { Mac = MacAddress.Parse("02:aa:bb:cc:dd:ee") };
        Host.Neighbours.Replace(neighbour);

        Assert.Equal(neighbour, Assert.Single(Host.Neighbours.List(index), n => n.Address.Equals(neighbour.Address)));
        Assert.True(Host.Neighbours.Delete(neighbour));
        Assert.False(Host.Neighbours.Delete(neighbour));
    }

    [Fact]
    public void Filter_is_attached_replaced_in_place_and_deleted()
    {
        int index = Device("d0");
        using TestProgram first = TestProgram.Load();
        using TestProgram second = TestProgram.Load();
        Assert.Null(Host.TrafficControl.Find(index, TcDirection.Ingress));
        Assert.False(Host.TrafficControl.Delete(index, TcDirection.Ingress));

        Host.TrafficControl.EnsureClsact(index);
        Host.TrafficControl.EnsureClsact(index);
        Host.TrafficControl.Attach(index, TcDirection.Ingress, first.Fd, "netweir/a");
        Host.TrafficControl.Attach(index, TcDirection.Egress, first.Fd, "netweir/b");
        uint firstId = Host.TrafficControl.Find(index, TcDirection.Ingress)!.ProgramId;
        Host.TrafficControl.Attach(index, TcDirection.Ingress, second.Fd, "netweir/a");

        TcFilter filter = Assert.Single(Host.TrafficControl.List(index, TcDirection.Ingress));
        Assert.Equal((1u, (ushort)1, (ushort)3, "bpf", "netweir/a", true), (filter.Handle, filter.Priority, filter.Protocol, filter.Kind, filter.Name, filter.DirectAction));
        Assert.NotEqual(firstId, filter.ProgramId);
        Assert.Equal(firstId, Host.TrafficControl.Find(index, TcDirection.Egress)!.ProgramId);
        Assert.True(Host.TrafficControl.Delete(index, TcDirection.Ingress));
        Assert.False(Host.TrafficControl.Delete(index, TcDirection.Ingress));
        Assert.NotNull(Host.TrafficControl.Find(index, TcDirection.Egress));
        Assert.True(Host.TrafficControl.DeleteClsact(index));
        Assert.False(Host.TrafficControl.DeleteClsact(index));
    }

    [Fact]
    public void Monitor_reports_changes_and_can_be_cancelled()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using NetlinkMonitor monitor = _host.Handle.Run(() => NetlinkMonitor.Open(MonitorGroups.All));
        int index = DeviceWithAddresses();
        Host.Routes.Add(new Route { Destination = IPNetwork.Parse("10.6.0.0/16"), LinkIndex = index, Scope = RouteScope.Link });
        Host.Neighbours.Replace(new Neighbour { LinkIndex = index, Address = IPAddress.Parse("10.1.2.9"), Mac = MacAddress.Random() });
        Host.Links.Delete(index);

        var seen = new HashSet<(NetlinkEventKind Kind, bool Removed)>();
        while (!seen.Contains((NetlinkEventKind.Link, true)))
        {
            NetlinkEvent next = monitor.Read(limit.Token);
            seen.Add((next.Kind, next.Removed));
        }

        Assert.Contains((NetlinkEventKind.Link, false), seen);
        Assert.Contains((NetlinkEventKind.Address, false), seen);
        Assert.Contains((NetlinkEventKind.Route, false), seen);
        Assert.Contains((NetlinkEventKind.Neighbour, false), seen);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.Throws<OperationCanceledException>(() => ReadForever(monitor, soon.Token));
    }

    [Fact]
    public void Monitor_says_resync_after_an_overrun()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using NetlinkMonitor monitor = _host.Handle.Run(() => NetlinkMonitor.Open(MonitorGroups.Links));
        int index = Device("d0");
        for (int i = 0; i < 20_000; i++)
        {
            Host.Links.SetMtu(index, 1400 + (i % 2));
        }

        while (monitor.Read(limit.Token).Kind != NetlinkEventKind.Resync)
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static void ReadForever(NetlinkMonitor monitor, CancellationToken cancellationToken)
    {
        while (true)
        {
            monitor.Read(cancellationToken);
        }
    }

    private int Device(string name)
    {
        Host.Links.CreateVeth(new VethSpec { Name = name, PeerName = "peer" });
        Host.Links.SetUp(Host.Links.Get("peer").Index);
        return Host.Links.Get(name).Index;
    }

    private int DeviceWithAddresses()
    {
        int index = Device("d0");
        Host.Links.SetUp(index);
        Host.Addresses.Replace(new InterfaceAddress { LinkIndex = index, Address = IPAddress.Parse("10.1.2.3"), PrefixLength = 32 });
        Host.Addresses.Replace(new InterfaceAddress { LinkIndex = index, Address = IPAddress.Parse("fd00::5"), PrefixLength = 128, Flags = AddressFlags.NoDad });
        return index;
    }
}
