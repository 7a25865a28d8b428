using System.Net;
using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class AgentRunTests : IDisposable
{
    /// <summary>Two seconds are promised; a machine that is busy with other tests takes longer.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void A_node_is_set_up_and_told_to_the_container_runtime()
    {
        _agent.Ready();

        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        Assert.True(maps.Ipcache.TryLookup(IpcachePlan.Key(IPNetwork.Parse("10.244.1.0/24")), out var peer));
        Assert.Equal(
            ((byte)IpcacheKind.RemotePods, (byte)IpcacheRouting.Direct, (uint)_agent.Node.Uplink, "10.0.0.2"),
            (peer.Kind, peer.Routing, peer.Ifindex, peer.Node.ToString()));
        Assert.True(maps.Uplinks.TryLookup((uint)_agent.Node.Uplink, out var uplink));
        Assert.Equal(("10.0.0.1", 1500u), (uplink.Ipv4.ToString(), uplink.Mtu));
        Assert.True(maps.Nodes.TryLookup(Address.Parse("10.0.0.2"), out var name));
        Assert.Equal("peer", name.Name.ToString());
        Assert.Equal(HookNames.All.Order(), new ProgramStore(_agent.Root).List());
        Assert.Equal(2, new LinkStore(_agent.Root).List().Count(l => l.Ifindex == (uint)_agent.Node.Uplink));
        Assert.Single(new LinkStore(_agent.Root).List(), l => l is { Hook: HookNames.FromLoopback, Ifindex: NetworkNames.LoopbackIndex, Direction: TcxDirection.Egress });
        Assert.True(maps.Ipcache.TryLookup(IpcachePlan.Key(IPNetwork.Parse("127.0.0.0/8")), out var loopback));
        Assert.Equal((byte)IpcacheKind.Host, loopback.Kind);
        Assert.NotNull(HostFilter());
        Assert.Contains("\"type\": \"netweir-cni\"", File.ReadAllText(_agent.Conflist), StringComparison.Ordinal);
        var facts = Netweir.Endpoints.NodeFacts.Read(_agent.RunDir);
        Assert.Equal(("own", 1500, "10.244.0.0/24"), (facts.NodeName, facts.Mtu, facts.PodCidrs.Single().ToString()));
        foreach (var path in new[] { _agent.RunDir, _agent.StateDir, _agent.Root }.SelectMany(d => (string[])[d, .. Directory.GetFileSystemEntries(d, "*", SearchOption.AllDirectories)]).Append(_agent.Conflist))
        {
            const UnixFileMode others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.StickyBit);
            Assert.True((File.GetUnixFileMode(path) & others) == 0, $"{path} is open to others: {File.GetUnixFileMode(path)}");
        }
        // To wait for the services is no failure.
        Assert.DoesNotContain("stage=\"cni\"", _agent.Get("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_something_else_removes_is_back_within_two_seconds()
    {
        _agent.Ready();
        var routes = _agent.Node.OwnRoutes().Count;

        foreach (var route in _agent.Node.OwnRoutes())
        {
            _agent.Node.Netlink.Routes.Delete(route);
        }
        var routesBack = _agent.WaitFor(() => _agent.Node.OwnRoutes().Count == routes, 10, "routed again");
        _agent.Node.Netlink.Links.Delete(NetworkNames.Host);
        var deviceBack = _agent.WaitFor(() => _agent.Node.OwnRoutes().Count == routes && HostFilter() is not null, 10, "back with nw_host");
        _agent.Node.Netlink.TrafficControl.Delete(_agent.Node.Netlink.Links.Get(NetworkNames.Net).Index, TcDirection.Ingress);
        var filterBack = _agent.WaitFor(() => HostFilter() is not null, 10, "filtered again");

        Assert.True(routesBack < Soon, $"routes took {routesBack}");
        Assert.True(deviceBack < Soon, $"the device took {deviceBack}");
        Assert.True(filterBack < Soon, $"the filter took {filterBack}");
        var page = _agent.Get("/metrics");
        Assert.All(["route", "link", "filter"], k => Assert.Contains($"netweir_external_changes_total{{kind=\"{k}\"}}", page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_connected_pod_keeps_its_programs_and_routes()
    {
        _agent.Ready();
        var (index, address) = _agent.Pod();
        var tc = _agent.Node.Netlink.TrafficControl;
        using var fromPod = new ProgramStore(_agent.Root).Open(HookNames.FromPod);
        using var toPod = new ProgramStore(_agent.Root).Open(HookNames.ToPod);
        bool Connected() => tc.Find(index, TcDirection.Ingress)?.ProgramId == fromPod.Id && tc.Find(index, TcDirection.Egress)?.ProgramId == toPod.Id
            && _agent.Node.OwnRoutes().Any(r => r.Destination.BaseAddress.Equals(address) && r.LinkIndex == index);
        _agent.WaitFor(Connected, 10, "connected to the pod");

        tc.DeleteClsact(index);
        var filtersBack = _agent.WaitFor(Connected, 10, "filtering the pod again");
        _agent.Node.Netlink.Routes.Delete(new Route { Destination = new IPNetwork(address, 32), LinkIndex = index, Scope = RouteScope.Link });
        var routeBack = _agent.WaitFor(Connected, 10, "routed to the pod again");

        Assert.True(filtersBack < Soon, $"filters took {filtersBack}");
        Assert.True(routeBack < Soon, $"the route took {routeBack}");
    }

    [Fact]
    public void Nodes_that_come_and_go_are_followed_and_heartbeats_are_not()
    {
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        _agent.Apply("third", "10.0.0.3", "10.244.2.0/24");
        _agent.WaitFor(() => maps.Ipcache.TryLookup(IpcachePlan.Key(IPNetwork.Parse("10.244.2.0/24")), out _), 10, "aware of the new node");
        _agent.WaitFor(() => _agent.Node.OwnRoutes().Any(r => r.Destination.ToString() == "10.244.2.0/24"), 10, "routed to the new node");
        maps.Epoch.TryLookup(0, out var epoch);
        var programs = _agent.ProgramIds();

        for (var i = 0; i < 20; i++)
        {
            _agent.Apply("third", "10.0.0.3", "10.244.2.0/24", $"beat {i}");
        }
        Thread.Sleep(1000);

        maps.Epoch.TryLookup(0, out var after);
        Assert.Equal(epoch, after);
        Assert.Equal(programs, _agent.ProgramIds());
        _agent.Api.Delete("nodes", "", "third");
        _agent.WaitFor(() => !maps.Ipcache.TryLookup(IpcachePlan.Key(IPNetwork.Parse("10.244.2.0/24")), out _), 10, "rid of the node");
        _agent.WaitFor(() => maps.Epoch.TryLookup(0, out var moved) && moved != epoch, 10, "telling flows of it");
    }

    [Fact]
    public void Stopping_touches_nothing_and_starting_again_loads_nothing()
    {
        _agent.Ready();
        var (programs, routes) = (_agent.ProgramIds(), _agent.Node.OwnRoutes().Count);

        Assert.Equal(0, _agent.Stop());

        Assert.Equal(routes, _agent.Node.OwnRoutes().Count);
        Assert.NotNull(HostFilter());
        Assert.True(File.Exists(_agent.Conflist));
        _agent.Start();
        _agent.WaitReady();
        Assert.Equal(programs, _agent.ProgramIds());
    }

    [Fact]
    public void Another_configuration_replaces_the_programs_everywhere()
    {
        _agent.Ready();
        var before = _agent.ProgramIds();
        Assert.Equal(0, _agent.Stop());

        _agent.Start("--masquerade", "none");
        _agent.WaitReady();

        Assert.Empty(before.Intersect(_agent.ProgramIds()));
        using var host = new ProgramStore(_agent.Root).Open(HookNames.FromHost);
        Assert.Equal(host.Id, HostFilter()!.ProgramId);
        using var netdev = new ProgramStore(_agent.Root).Open(HookNames.FromNetdev);
        Assert.Contains(new LinkStore(_agent.Root).List(), l => l.Hook == HookNames.FromNetdev && l.ProgramId == netdev.Id);
    }

    [Fact]
    public void A_refused_load_keeps_the_old_programs_and_says_why()
    {
        _agent.Ready();
        var programs = _agent.ProgramIds();
        Assert.Equal(0, _agent.Stop());

        _agent.Start("--map-size", "nw_ipcache=1");
        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[-] programs: map nw_ipcache cannot shrink", StringComparison.Ordinal), 60, "refused");
        _agent.Apply("third", "10.0.0.3", "10.244.2.0/24");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        _agent.WaitFor(() => maps.Ipcache.TryLookup(IpcachePlan.Key(IPNetwork.Parse("10.244.2.0/24")), out _), 10, "aware of the new node");

        Assert.Equal(programs, _agent.ProgramIds());
        Assert.StartsWith("HTTP/1.1 503", _agent.Get("/readyz"), StringComparison.Ordinal);
        _agent.Counts("netweir_program_loads_total{result=\"refused\"} 1\n");
    }

    [Fact]
    public void What_the_API_lacks_is_told_and_waited_for()
    {
        _agent.ApplyServiceCidr("10.96.0.0/16");
        _agent.Start();
        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[-] node: the API has no Node 'own'", StringComparison.Ordinal), 60, "waiting for its Node");
        _agent.Apply("own", "10.0.0.1", "10.244.0.0/24");

        _agent.WaitReady();
    }

    [Fact]
    public void A_second_agent_with_the_same_directories_is_refused()
    {
        _agent.Ready();

        var second = _agent.Start();

        Assert.True(second.WaitForExit(TimeSpan.FromSeconds(60)));
        second.WaitForExit();
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another netweir-agent (process ", _agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_agent_with_other_directories_is_refused_as_well_and_the_first_goes_on()
    {
        _agent.Ready();
        var first = _agent.ProcessId;
        var (programs, net) = (_agent.ProgramIds(), _agent.Node.Netlink.Links.Get(NetworkNames.Net).Index);
        var elsewhere = Path.Combine(_agent.Node.Directory, "second");

        var second = _agent.StartElsewhere(elsewhere, _agent.Root + "-2");

        Assert.True(second.WaitForExit(TimeSpan.FromSeconds(60)));
        second.WaitForExit();
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"another netweir-agent (process {first}) works in this network namespace: ", _agent.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_agent.Root + "-2") || Directory.Exists(elsewhere), "the second one made directories");
        Assert.StartsWith("HTTP/1.1 200", _agent.Get("/readyz"), StringComparison.Ordinal);
        Assert.Equal(programs, _agent.ProgramIds());
        Assert.Equal(net, _agent.Node.Netlink.Links.Get(NetworkNames.Net).Index);
    }

    private TcFilter? HostFilter() =>
        _agent.Node.Netlink.Links.Find(NetworkNames.Net) is { } net ? _agent.Node.Netlink.TrafficControl.Find(net.Index, TcDirection.Ingress) : null;
}
