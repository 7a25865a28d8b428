using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// An agent that provides services starts where nobody provides any. Pain: an agent without kube-proxy cannot reach the API through its
/// ClusterIP, and one API server that is down blocks it.
/// </summary>
public sealed class BootstrapTests
{
    [Fact]
    public async Task Agents_start_without_any_service_and_with_an_API_server_that_is_down()
    {
        await using var lab = await LabCluster.CreateAsync(new LabOptions { Nodes = 2, StartAgents = false });
        var api = lab.AddService("kubernetes", new LabBackend
        {
            Name = "world",
            Node = "",
            IPv4 = lab.Lan.WorldIPv4.Address,
            IPv6 = lab.Lan.WorldIPv6.Address,
            Port = LabLan.WorldPort,
            MirrorPort = LabLan.WorldPort,
        });
        Assert.NotNull(await lab.Nodes[0].TcpErrorAsync(api.EndPoint(ipv6: false), TimeSpan.FromMilliseconds(300)));

        await lab.StartAgentsAsync("direct", "--api-server", $"https://{lab.Outside.Address(ipv6: false)}:6443", "--api-server", $"https://{LabLan.ApiEndPoint}");
        var pod = await lab.AddPodAsync(lab.Nodes[0], "pod");
        await lab.SettleAsync();
        foreach (var ipv6 in (bool[])[false, true])
        {
            // What stands behind the service is outside of the cluster, as API servers are.
            Assert.Equal(("world", pod.Node.Address(ipv6)), await ServerAsync(pod, api.EndPoint(ipv6)));
            Assert.Equal(("world", pod.Node.Address(ipv6)), await ServerAsync(pod.Node, api.EndPoint(ipv6)));
        }
    }

    private static async Task<(string, IPAddress)> ServerAsync(LabHost from, IPEndPoint target)
    {
        var answer = await from.TcpAsync(target);
        return (answer.Server, answer.Client.Address);
    }
}
