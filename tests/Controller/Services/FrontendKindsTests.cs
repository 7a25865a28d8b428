using System.Net;
using System.Net.Sockets;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Tests.Services;

/// <summary>What the reconciler does for NodePorts, load balancers, external IPs and host ports.</summary>
public sealed class FrontendKindsTests
{
    private readonly FakeKernel _kernel = new();

    [Fact]
    public void Node_ports_that_were_swapped_between_two_passes_change_hands()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Exposed("a", 1, 30001), Exposed("b", 2, 30002)], [Slice("a"), Slice("b")]);

        agent.Services.Upserted(Exposed("a", 1, 30002));
        agent.Services.Upserted(Exposed("b", 2, 30001));
        Assert.Equal(0, agent.Sync().Refused);

        Assert.Equal(("b", "a"), (OwnerOf(30001), OwnerOf(30002)));
        Assert.Equal(0, new Agent(_kernel.Open()).Start([Exposed("a", 1, 30002), Exposed("b", 2, 30001)], [Slice("a"), Slice("b")]).Writes);
    }

    [Fact]
    public void A_service_that_does_not_fit_gives_up_the_node_port_that_another_has_now()
    {
        var kernel = new FakeKernel(new ServiceCapacity { Services = 8, Frontends = 16, Slots = 64, Backends = 4, SourceRanges = 8 });
        var agent = new Agent(kernel.Open());
        agent.Start([Exposed("a", 1, 30001)], [Slice("a", "10.0.0.1", "10.0.0.2")]);
        agent.Slices.Upserted(Slice("a", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"));
        agent.Services.Upserted(Exposed("a", 1, 30009));
        Assert.Equal(1, agent.Sync().Refused);

        agent.Services.Upserted(Exposed("b", 2, 30001));
        agent.Slices.Upserted(Slice("b", "10.0.0.9"));
        agent.Sync();

        Assert.Equal("default/a", Assert.Single(agent.Reconciler.Refusals).Service.ToString());
        var owner = kernel.Frontends.Content.Single(f => f.Key.Port.Value == 30001).Value.Service;
        Assert.Equal("b", kernel.Services.Content[owner].Name.ToString());
    }

    [Fact]
    public void Frontends_with_equal_lists_share_one_range_and_others_have_their_own()
    {
        var service = Exposed("a", 1, 30001);
        var agent = new Agent(_kernel.Open());
        agent.Start([service with { Spec = service.Spec with { ExternalTrafficPolicy = "Local" } }], [Slice("a")]);

        var (cluster, node) = (At(80), At(30001));
        Assert.Equal((cluster.Inside, cluster.Inside, cluster.Inside), (cluster.Outside, node.Inside, node.Inside));
        Assert.NotEqual(node.Inside.Base, node.Outside.Base);
        Assert.Equal((2u, 1u), (node.Inside.Count, node.Outside.Count));
    }

    [Fact]
    public void A_backend_that_changes_lists_keeps_its_place_and_generation()
    {
        var service = Exposed("a", 1, 30001);
        var agent = new Agent(_kernel.Open());
        agent.Start([service with { Spec = service.Spec with { ExternalTrafficPolicy = "Local" } }], [Slice("a")]);
        var before = _kernel.Backends.Content.Single(b => b.Value.Address.ToString() == "10.0.0.1");
        Assert.Equal(BackendFlag.ClusterList | BackendFlag.LocalList, (BackendFlag)before.Value.Flags);

        agent.Slices.Upserted(Make.Slice("a", "1", Make.Terminating("10.0.0.1") with { NodeName = Agent.NodeName }, Make.Ready("10.0.0.2")));
        agent.Sync();

        Assert.Equal(before.Value with { Flags = (uint)BackendFlag.LocalList }, _kernel.Backends.Content[before.Key]);
    }

    [Fact]
    public void Source_ranges_come_before_the_frontends_that_ask_for_them_and_go_after()
    {
        var open = Balanced("a");
        var restricted = open with { Spec = open.Spec with { LoadBalancerSourceRanges = ["192.0.2.0/24"] } };
        var agent = new Agent(_kernel.Open());
        agent.Start([open], [Slice("a")]);

        _kernel.Log.Clear();
        agent.Services.Upserted(restricted);
        agent.Sync();
        Assert.Equal(["update nw_source_ranges", "update nw_frontends", "update nw_backend_epoch"], _kernel.Log);
        Assert.Equal(0, new Agent(_kernel.Open()).Start([restricted], [Slice("a")]).Writes);

        _kernel.Log.Clear();
        agent.Services.Upserted(open);
        agent.Sync();
        Assert.Equal(["update nw_frontends", "update nw_backend_epoch", "delete nw_source_ranges"], _kernel.Log);
    }

    [Fact]
    public void A_service_whose_source_ranges_do_not_fit_is_refused_whole_until_they_do()
    {
        var kernel = new FakeKernel(new ServiceCapacity { Services = 8, Frontends = 16, Slots = 64, Backends = 16, SourceRanges = 3 });
        var agent = new Agent(kernel.Open());
        var big = Balanced("a");
        big = big with { Spec = big.Spec with { LoadBalancerSourceRanges = ["192.0.2.0/24", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] } };
        agent.Start([big], [Slice("a")]);

        Assert.Equal(RefusalReason.SourceRangesFull, Assert.Single(agent.Reconciler.Refusals).Reason);
        Assert.Empty(Picture.Of(kernel));

        agent.Services.Upserted(big with { Spec = big.Spec with { LoadBalancerSourceRanges = ["192.0.2.0/24"] } });
        Assert.Equal(0, agent.Sync().Refused);
    }

    [Fact]
    public void A_maglev_table_is_written_once_for_all_frontends_and_survives_a_restart()
    {
        var service = Exposed("a", 1, 30001);
        service = service with { Metadata = service.Metadata with { Annotations = new Dictionary<string, string> { ["netweir.io/lb-algorithm"] = "maglev" } } };
        var agent = new Agent(_kernel.Open());
        _kernel.Checking = false;
        agent.Start([service], [Slice("a")]);

        Assert.Equal(1009, _kernel.Log.Count(l => l == "update nw_slots"));
        Assert.Equal((1009u, At(80).Inside), (At(80).Inside.Count, At(30001).Outside));
        Assert.Equal(0, new Agent(_kernel.Open()).Start([service], [Slice("a")]).Writes);
    }

    [Fact]
    public void Health_checks_and_external_addresses_are_snapshots_that_change_only_when_they_do()
    {
        var service = Balanced("a");
        service = service with { Spec = service.Spec with { HealthCheckNodePort = 31000, ExternalTrafficPolicy = "Local" } };
        var agent = new Agent(_kernel.Open());
        agent.Start([service], [Slice("a")]);
        var (checks, addresses) = (agent.Reconciler.HealthChecks, agent.Reconciler.ExternalAddresses);

        Assert.Equal(new HealthCheckNodePort(service.Metadata.Key, 31000, 1), Assert.Single(checks));
        Assert.Equal([IPAddress.Parse("203.0.113.1")], addresses);
        agent.Slices.Upserted(Slice("a", "10.0.0.1", "10.0.0.7"));
        agent.Sync();
        Assert.Same(checks, agent.Reconciler.HealthChecks);
        Assert.Same(addresses, agent.Reconciler.ExternalAddresses);

        agent.Slices.Replaced([]);
        agent.Sync();
        Assert.Equal(0, Assert.Single(agent.Reconciler.HealthChecks).LocalEndpoints);
        Assert.Single(checks, c => c.LocalEndpoints == 1);
        agent.Services.Replaced([]);
        agent.Sync();
        Assert.Empty(agent.Reconciler.HealthChecks);
        Assert.Empty(agent.Reconciler.ExternalAddresses);
    }

    [Fact]
    public void A_refused_service_says_that_nothing_is_here_and_has_no_external_address()
    {
        var agent = new Agent(_kernel.Open());
        var rival = Balanced("b");
        agent.Start([Exposed("a", 2)], []);
        agent.Services.Upserted(rival with { Spec = rival.Spec with { HealthCheckNodePort = 31000, ExternalTrafficPolicy = "Local" } });
        agent.Slices.Upserted(Slice("b"));
        Assert.Equal(1, agent.Sync().Refused);

        Assert.Empty(agent.Reconciler.ExternalAddresses);
        Assert.Equal(0, Assert.Single(agent.Reconciler.HealthChecks).LocalEndpoints);
    }

    [Fact]
    public void Host_ports_stay_until_they_are_set_once_and_then_follow()
    {
        var agent = new Agent(_kernel.Open());
        agent.Reconciler.SetHostPorts([HostPort("p", 8080), HostPort("q", 8081)]);
        agent.Start([], []);
        var before = Picture.Of(_kernel);
        Assert.Contains(before, l => l.Contains("default/pod/p:host/TCP", StringComparison.Ordinal));

        agent = new Agent(_kernel.Open());
        Assert.Equal(0, agent.Start([], []).Writes);
        Assert.Equal(0, agent.Resync().Writes);
        agent.Reconciler.SetHostPorts([HostPort("p", 8080), HostPort("q", 8081)]);
        Assert.Equal(0, agent.Sync().Writes);
        Assert.Equal(before, Picture.Of(_kernel));

        agent.Reconciler.SetHostPorts([HostPort("r", 8080)]);
        agent.Sync();
        Assert.Equal("pod/r", Assert.Single(_kernel.Services.Content).Value.Name.ToString());
        Assert.Throws<ArgumentException>(() => agent.Reconciler.SetHostPorts([new DesiredService(new ObjectKey("default", "web"), [])]));
    }

    [Fact]
    public void Host_ports_that_went_while_no_agent_ran_are_removed_when_they_are_first_set_however_late()
    {
        var agent = new Agent(_kernel.Open());
        agent.Reconciler.SetHostPorts([HostPort("p", 8080)]);
        agent.Start([], []);

        agent = new Agent(_kernel.Open());
        agent.Start([], []);
        agent.Reconciler.SetHostPorts([HostPort("q", 8080)]);
        agent.Sync();

        Assert.Empty(agent.Reconciler.Refusals);
        Assert.Equal("pod/q", Assert.Single(_kernel.Services.Content).Value.Name.ToString());
        Assert.Equal("pod/q", OwnerOf(8080));
    }

    [Fact]
    public void A_node_port_goes_before_a_host_port_that_was_there_first()
    {
        var agent = new Agent(_kernel.Open());
        agent.Reconciler.SetHostPorts([HostPort("p", 30001)]);
        agent.Start([], []);
        agent.Services.Upserted(Exposed("a", 1, 30001));
        agent.Slices.Upserted(Slice("a"));
        agent.Sync();

        Assert.Equal("a", OwnerOf(30001));
        var refusal = Assert.Single(agent.Reconciler.Refusals);
        Assert.Equal((HostPortKey.For("default", "p"), RefusalReason.Conflict), (refusal.Service, refusal.Reason));
        agent.Reconciler.SetHostPorts([HostPort("p", 30001)]);
        agent.Sync();
        Assert.Equal("a", OwnerOf(30001));

        agent.Services.Upserted(Exposed("a", 1));
        agent.Sync();
        Assert.Empty(agent.Reconciler.Refusals);
        Assert.Equal("pod/p", OwnerOf(30001));
    }

    private static Service Exposed(string name, int number, int nodePort = 0)
    {
        var service = Make.Service(name, [$"10.96.0.{number}"], Make.Port(80) with { NodePort = nodePort });
        return service with { Spec = service.Spec with { Type = nodePort > 0 ? "NodePort" : "ClusterIP" } };
    }

    private static Service Balanced(string name)
    {
        var service = Make.Service(name, [$"10.96.0.{name[0] - 'a' + 1}"], Make.Port(80));
        return service with
        {
            Spec = service.Spec with { Type = "LoadBalancer" },
            Status = new ServiceStatus { LoadBalancer = new() { Ingress = [new() { IP = "203.0.113.1" }] } },
        };
    }

    /// <summary>The first endpoint is on this node.</summary>
    private static EndpointSlice Slice(string service, params string[] addresses) => Make.Slice(service, "1",
        [.. (addresses is [] ? ["10.0.0.1", "10.0.0.2"] : addresses).Select((a, i) => Make.Ready(a) with { NodeName = i == 0 ? Agent.NodeName : "there" })]);

    private static DesiredService HostPort(string pod, ushort port)
    {
        var key = HostPortKey.For("default", pod);
        var backend = Keys.Of(IPAddress.Parse("10.0.0.5"), 80, Protocols.Tcp);
        return new DesiredService(
            key,
            [
                new DesiredPort
                {
                    Key = new ServicePortKey(key, "host", Protocols.Tcp),
                    Port = port,
                    Backends = [new DesiredBackend(backend, BackendFlag.ClusterList | BackendFlag.LocalList)],
                    Frontends = [DesiredFrontend.HostPort(Keys.OfNode(AddressFamily.InterNetwork, port, Protocols.Tcp), [backend])],
                },
            ]);
    }

    private string OwnerOf(int port) => _kernel.Services.Content[At(port).Service].Name.ToString();

    private Frontend At(int port) => _kernel.Frontends.Content.Single(f => f.Key.Port.Value == port).Value;
}
