using System.Net;
using System.Net.Sockets;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;
using Service = Netweir.Kube.Service;

namespace Netweir.Controller.Tests.Services;

/// <summary>Who has a frontend that several want, and what the others have then.</summary>
public sealed class FrontendContestTests
{
    private static readonly Service Dns = Make.Service("dns", ["10.96.0.10"], Make.Port(53, protocol: "UDP"), Make.Port(53, "tcp"));
    private static readonly Service Evil = With(Make.Service("a-evil", ["10.96.0.66"], Make.Port(53, protocol: "UDP")), "10.96.0.10");

    private readonly FakeKernel _kernel = new();

    [Fact]
    public void Of_two_services_with_one_external_ip_the_first_keeps_it_and_the_other_does_without_it()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([With(Plain("a", 1), "198.51.100.1")], []);
        agent.Services.Upserted(With(Plain("b", 2), "198.51.100.1", "198.51.100.2"));
        agent.Sync();

        var refusal = Assert.Single(agent.Reconciler.Refusals);
        Assert.Equal((RefusalReason.Conflict, new ObjectKey("default", "a"), true), (refusal.Reason, refusal.Rival, refusal.IsPartial));
        Assert.Equal(
            "198.51.100.1 port 80 (TCP) belongs to default/a; take the address from one of the two, or give one another port; the rest of it is programmed",
            refusal.Detail);
        Assert.Equal(("a", "b", "b"), (OwnerOf("198.51.100.1"), OwnerOf("198.51.100.2"), OwnerOf("10.96.0.2")));

        agent.Services.Upserted(Plain("a", 1));
        agent.Sync();
        Assert.Empty(agent.Reconciler.Refusals);
        Assert.Equal("b", OwnerOf("198.51.100.1"));
    }

    [Fact]
    public void A_running_service_that_gets_into_a_conflict_goes_on_following_its_endpoints()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([With(Plain("a", 1), "198.51.100.1"), Plain("b", 2)], [Slice("b", "10.0.0.1")]);
        agent.Services.Upserted(With(Plain("b", 2), "198.51.100.1"));
        agent.Slices.Upserted(Slice("b", "10.0.0.2", "10.0.0.3"));
        agent.Sync();
        agent.Slices.Upserted(Slice("b", "10.0.0.3"));
        Assert.Equal(1, agent.Sync().Refused);

        Assert.Equal("a", OwnerOf("198.51.100.1"));
        Assert.Equal("10.0.0.3", Assert.Single(_kernel.Backends.Content.Values, b => b.Service != 0).Address.ToString());
        Assert.Equal(1u, At("10.96.0.2").Inside.Count);
    }

    [Fact]
    public void A_cluster_ip_goes_before_an_external_ip_of_a_service_that_is_programmed_first()
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Evil, Dns], [Slice("dns", "10.0.0.1"), Slice("a-evil", "10.0.0.66")]);

        AssertDnsHasItsAddress(agent);
        Assert.Equal(0, agent.Resync().Writes);
        Assert.Equal(0, new Agent(_kernel.Open()).Start([Evil, Dns], [Slice("dns", "10.0.0.1"), Slice("a-evil", "10.0.0.66")]).Writes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cluster_ip_goes_before_an_external_ip_that_was_there_first(bool restart)
    {
        var agent = new Agent(_kernel.Open());
        agent.Start([Evil], [Slice("a-evil", "10.0.0.66")]);
        Assert.Equal("a-evil", OwnerOf("10.96.0.10"));
        agent = restart ? new Agent(_kernel.Open()) : agent;
        if (restart)
        {
            agent.Start([Evil], [Slice("a-evil", "10.0.0.66")]);
        }

        agent.Services.Upserted(Dns);
        agent.Sync();
        AssertDnsHasItsAddress(agent);

        agent.Services.Deleted(Dns);
        agent.Sync();
        Assert.Empty(agent.Reconciler.Refusals);
        Assert.Equal("a-evil", OwnerOf("10.96.0.10"));
    }

    [Fact]
    public void Nobody_loses_a_frontend_to_a_service_that_does_not_fit()
    {
        var kernel = new FakeKernel(new ServiceCapacity { Services = 8, Frontends = 16, Slots = 64, Backends = 4, SourceRanges = 8 });
        var agent = new Agent(kernel.Open());
        agent.Start([Evil], [Slice("a-evil", "10.0.0.66")]);
        var before = Picture.Of(kernel);

        agent.Services.Upserted(Dns);
        agent.Slices.Upserted(Slice("dns", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"));
        agent.Sync();

        Assert.Equal(RefusalReason.BackendsFull, Assert.Single(agent.Reconciler.Refusals).Reason);
        Assert.Equal(before, Picture.Of(kernel));
    }

    [Fact]
    public void Of_a_pods_host_ports_only_the_one_that_a_node_port_has_is_left_out()
    {
        var agent = new Agent(_kernel.Open());
        agent.Reconciler.SetHostPorts([HostPorts("p", 30001, 8080)]);
        var exposed = Make.Service("a", ["10.96.0.1"], Make.Port(80) with { NodePort = 30001 });
        agent.Start([exposed with { Spec = exposed.Spec with { Type = "NodePort" } }], []);

        Assert.Equal(("a", "pod/p"), (OwnerOf(30001), OwnerOf(8080)));
        var refusal = Assert.Single(agent.Reconciler.Refusals);
        Assert.Equal("TCP port 30001 of this node belongs to default/a; give the pod another hostPort; the rest of it is programmed", refusal.Detail);
    }

    [Fact]
    public void A_partial_refusal_is_told_again_only_when_it_is_another_one()
    {
        var told = new List<string>();
        var agent = new Agent(_kernel.Open());
        agent.Reconciler.Refused += r => told.Add(r.Detail[..12]);
        agent.Reconciler.Recovered += k => told.Add($"recovered {k}");
        agent.Start([With(Plain("a", 1), "198.51.100.1", "198.51.100.2"), With(Plain("b", 2), "198.51.100.1")], []);
        agent.Resync();
        Assert.Equal(["198.51.100.1"], told);

        agent.Services.Upserted(With(Plain("b", 2), "198.51.100.2"));
        agent.Sync();
        agent.Services.Upserted(Plain("b", 2));
        agent.Sync();
        Assert.Equal(["198.51.100.1", "198.51.100.2", "recovered default/b"], told);
    }

    private void AssertDnsHasItsAddress(Agent agent)
    {
        Assert.All(_kernel.Frontends.Content.Where(f => f.Key.Address.ToString() == "10.96.0.10"), f => Assert.Equal("dns", Name(f.Value)));
        Assert.Equal("a-evil", OwnerOf("10.96.0.66"));
        var refusal = Assert.Single(agent.Reconciler.Refusals);
        Assert.Equal(("a-evil", true), (refusal.Service.Name, refusal.IsPartial));
        Assert.StartsWith("10.96.0.10 port 53 (UDP) belongs to default/dns; ", refusal.Detail, StringComparison.Ordinal);
        Assert.Empty(agent.Reconciler.ExternalAddresses);
    }

    private static Service Plain(string name, int number) => Make.Service(name, [$"10.96.0.{number}"], Make.Port(80));

    private static Service With(Service service, params string[] externalIPs) => service with { Spec = service.Spec with { ExternalIPs = externalIPs } };

    private static EndpointSlice Slice(string service, params string[] addresses) => Make.Slice(
        service,
        "1",
        [new EndpointPort { Port = 8080 }, new EndpointPort { Port = 8080, Protocol = "UDP" }, new EndpointPort { Port = 8080, Name = "tcp" }],
        [.. addresses.Select(Make.Ready)]);

    private static DesiredService HostPorts(string pod, params ushort[] ports)
    {
        var key = HostPortKey.For("default", pod);
        return new DesiredService(key, [.. ports.Select(Port)]);

        DesiredPort Port(ushort port)
        {
            var backend = Keys.Of(IPAddress.Parse("10.0.0.5"), 80, Protocols.Tcp);
            return new DesiredPort
            {
                Key = new ServicePortKey(key, $"{port}", Protocols.Tcp),
                Port = port,
                Backends = [new DesiredBackend(backend, BackendFlag.ClusterList | BackendFlag.LocalList)],
                Frontends = [DesiredFrontend.HostPort(Keys.OfNode(AddressFamily.InterNetwork, port, Protocols.Tcp), [backend])],
            };
        }
    }

    private Frontend At(string address) => _kernel.Frontends.Content.Single(f => f.Key.Address.ToString() == address && f.Key.Port != 0).Value;

    private string OwnerOf(string address) => _kernel.Frontends.Content.Where(f => f.Key.Address.ToString() == address).Select(f => Name(f.Value)).Distinct().Single();

    private string OwnerOf(int port) => Name(_kernel.Frontends.Content.Single(f => f.Key.Port.Value == port).Value);

    private string Name(Frontend frontend) => _kernel.Services.Content[frontend.Service].Name.ToString();
}
