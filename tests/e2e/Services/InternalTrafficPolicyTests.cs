using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>internalTrafficPolicy: Local keeps a ClusterIP's traffic on the node, and drops it where the node has no backend.</summary>
public sealed class InternalTrafficPolicyTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task Pods_and_processes_reach_backends_of_their_node_only(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { InternalTrafficLocal = true }, lab.A2, lab.B1);
        foreach (var (node, pod, server) in ((LabNode, LabPod, string)[])[(lab.NodeA, lab.A1, "a2"), (lab.NodeB, lab.B2, "b1")])
        {
            Assert.Equal([server], await Expect.ServersAsync(pod, service.EndPoint(ipv6)));
            Assert.Equal([server], await Expect.ServersAsync(node, service.EndPoint(ipv6)));
            await Expect.AnswersAsync(pod, service.EndPoint(ipv6), server, pod.Address(ipv6));
        }

        await Expect.SilentAsync(lab.C1, service.EndPoint(ipv6));
        await Expect.SilentAsync(lab.NodeC, service.EndPoint(ipv6));
    }

    [Theory, EachWay]
    public async Task Pods_and_processes_reach_a_process_of_their_node_only(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { InternalTrafficLocal = true }, lab.HostA);
        await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "node-a", lab.A1.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeA, service.EndPoint(ipv6), "node-a", null);
        await Expect.SilentAsync(lab.B2, service.EndPoint(ipv6));
        await Expect.SilentAsync(lab.NodeB, service.EndPoint(ipv6));
    }

    [Theory, EachWay]
    public async Task Node_ports_do_not_follow_the_internal_policy(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort, InternalTrafficLocal = true }, lab.A2);
        await Expect.SilentAsync(lab.C1, service.EndPoint(ipv6));
        await Expect.AnswersAsync(lab.C1, service.NodePortOf(lab.NodeC, ipv6), "a2", lab.C1.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeC, service.NodePortOf(lab.NodeC, ipv6), "a2", lab.NodeC.Address(ipv6));
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeC, ipv6), "a2", lab.NodeC.Address(ipv6));
    }

    [Theory, EachWay]
    public async Task The_policy_can_change(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s, lab.B1);
        await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "b1", lab.A1.Address(ipv6));
        await lab.ChangeAsync(service with { InternalTrafficLocal = true });
        await Expect.SilentAsync(lab.A1, service.EndPoint(ipv6));
        await lab.ChangeAsync(service);
        await Expect.AnswersAsync(lab.A1, service.EndPoint(ipv6), "b1", lab.A1.Address(ipv6));
    }
}
