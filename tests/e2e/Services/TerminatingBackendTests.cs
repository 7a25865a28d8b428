using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Backends that are terminating serve on when there is no other, and publishNotReadyAddresses has its way.</summary>
public sealed class TerminatingBackendTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task Without_a_ready_backend_those_that_terminate_serve(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(NodePort, lab.A2.Backend.Terminating, lab.B1.Backend.TerminatingUnready);
        foreach (var from in (LabHost[])[lab.A1, lab.NodeA, lab.C1, lab.NodeC])
        {
            Assert.Equal(["a2"], await Expect.ServersAsync(from, service.EndPoint(ipv6)));
            Assert.Equal(["a2"], await Expect.ServersAsync(from, service.NodePortOf(lab.NodeC, ipv6)));
        }

        Assert.Equal(["a2"], await Expect.ServersAsync(lab.Outside, service.NodePortOf(lab.NodeB, ipv6)));
        await lab.SetBackendsAsync(service, lab.A2.Backend.Terminating, lab.B2);
        Assert.Equal(["b2"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6)));
    }

    [Theory, EachWay]
    public async Task Under_the_external_policy_Local_the_nodes_own_terminating_backend_serves(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => NodePort(s) with { ExternalTrafficLocal = true }, lab.A2.Backend.Terminating, lab.B1);
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6), "a2", lab.Outside.Address(ipv6));
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeB, ipv6), "b1", lab.Outside.Address(ipv6));
        // Not from outside: the ready one of the other node.
        Assert.Equal(["b1"], await Expect.ServersAsync(lab.A1, service.NodePortOf(lab.NodeA, ipv6)));
        Assert.Equal(["b1"], await Expect.ServersAsync(lab.NodeA, service.EndPoint(ipv6)));

        await lab.SetBackendsAsync(service, lab.A2.Backend.Terminating);
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6), "a2", lab.Outside.Address(ipv6));
        await Expect.SilentAsync(lab.Outside, service.NodePortOf(lab.NodeB, ipv6));
        await Expect.AnswersAsync(lab.NodeB, service.NodePortOf(lab.NodeB, ipv6), "a2", lab.NodeB.Address(ipv6));
    }

    [Theory, EachWay]
    public async Task Under_the_internal_policy_Local_the_nodes_own_terminating_backend_serves(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { InternalTrafficLocal = true }, lab.A2.Backend.Terminating, lab.B1);
        await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "a2", lab.A1.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeA, service.EndPoint(ipv6), "a2", lab.NodeA.Address(ipv6));
        await Expect.AnswersAsync(lab.B2, service.EndPoint(ipv6), "b1", lab.B2.Address(ipv6));
        await Expect.SilentAsync(lab.C1, service.EndPoint(ipv6));
    }

    [Theory, EachWay]
    public async Task Backends_that_are_published_though_not_ready_serve(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        // The slice controller says "ready" for them.
        var published = lab.B1.Backend with { IsReady = true, IsServing = false, IsTerminating = true };
        var service = await lab.ServeAsync(s => NodePort(s) with { PublishNotReady = true }, published, lab.A2);
        Assert.Equal(["a2", "b1"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6), connections: 40));
        Assert.Equal(["a2", "b1"], await Expect.ServersAsync(lab.Outside, service.NodePortOf(lab.NodeC, ipv6), connections: 40));
        await lab.SetBackendsAsync(service, lab.B1.Backend.TerminatingUnready, lab.A2);
        Assert.Equal(["a2"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6)));
    }

    private static LabService NodePort(LabService service) => service with { Type = LabServiceType.NodePort };
}
