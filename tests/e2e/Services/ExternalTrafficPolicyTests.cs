using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// externalTrafficPolicy: Local keeps the client's address and drops where there is no backend, but the node's own pods and processes go
/// to any backend. Pain: the client's source address is wrong under ETP=Local, or the overlay rewrites a node's address to the tunnel's.
/// </summary>
public sealed class ExternalTrafficPolicyTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachWay]
    public async Task Clients_outside_keep_their_address_and_reach_only_nodes_with_a_backend(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(LocalNodePort, lab.B1, lab.HostB);
        for (var connection = 0; connection < 10; connection++)
        {
            var answer = await lab.Outside.TcpAsync(service.NodePortOf(lab.NodeB, ipv6));
            Assert.Contains(answer.Server, (string[])["b1", "node-b"]);
            Assert.Equal(lab.Outside.Address(ipv6), answer.Client.Address);
        }

        await Expect.SilentAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6));
        await Expect.SilentAsync(lab.Outside, service.NodePortOf(lab.NodeC, ipv6));
    }

    [Theory, EachWay]
    public async Task Own_pods_and_processes_reach_backends_of_other_nodes_as_themselves(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(LocalNodePort, lab.B1);
        foreach (var pod in (LabPod[])[lab.A1, lab.C1])
        {
            await Expect.AnswersAsync(pod, service.NodePortOf(pod.Node, ipv6), "b1", pod.Address(ipv6));
            // The InternalIP, not the tunnel's address or a gateway's: most overlays fail here.
            await Expect.AnswersAsync(pod.Node, service.NodePortOf(pod.Node, ipv6), "b1", pod.Node.Address(ipv6));
        }

        await Expect.AnswersAsync(lab.NodeC, service.NodePortOf(lab.NodeB, ipv6), "b1", lab.NodeC.Address(ipv6));
        await Expect.SilentAsync(lab.NodeC, service.NodePortOf(lab.NodeA, ipv6));
    }

    [Theory, EachWay]
    public async Task A_policy_that_changes_is_in_force_for_new_flows_and_leaves_the_others_alone(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, lab.A2);
        var target = service.NodePortOf(lab.NodeB, ipv6);
        await Expect.AnswersAsync(lab.Outside, target, "a2", lab.NodeB.Address(ipv6));
        using var tcp = await LabFlow.OpenAsync(lab.Outside, target, System.Net.Sockets.SocketType.Stream);
        using var udp = await LabFlow.OpenAsync(lab.Outside, target, System.Net.Sockets.SocketType.Dgram);
        Assert.Equal("a2", (await tcp.AskAsync()).Server);
        Assert.Equal("a2", (await udp.AskAsync()).Server);

        await lab.ChangeAsync(service with { ExternalTrafficLocal = true });
        await Expect.SilentAsync(lab.Outside, target);
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6), "a2", lab.Outside.Address(ipv6));
        Assert.Equal("a2", (await tcp.AskAsync()).Server);
        Assert.Equal("a2", (await udp.AskAsync()).Server);

        await lab.ChangeAsync(service);
        await Expect.AnswersAsync(lab.Outside, target, "a2", lab.NodeB.Address(ipv6));
    }

    [Theory, EachWay]
    public async Task Load_balancer_addresses_follow_the_policy(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s with { Type = LabServiceType.LoadBalancer, ExternalTrafficLocal = true }, lab.B1);
        lab.Outside.RouteVia(lab.NodeB);
        await Expect.AnswersAsync(lab.Outside, service.LoadBalancer(ipv6), "b1", lab.Outside.Address(ipv6));
        lab.Outside.RouteVia(lab.NodeA);
        await Expect.SilentAsync(lab.Outside, service.LoadBalancer(ipv6));
        await Expect.AnswersAsync(lab.A1, service.LoadBalancer(ipv6), "b1", lab.A1.Address(ipv6));
        await Expect.AnswersAsync(lab.NodeA, service.LoadBalancer(ipv6), "b1", lab.NodeA.Address(ipv6));
    }

    private static LabService LocalNodePort(LabService service) => service with { Type = LabServiceType.NodePort, ExternalTrafficLocal = true };
}
