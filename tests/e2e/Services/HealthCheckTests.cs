using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>What load balancers and monitors ask a node: healthCheckNodePorts, and kube-proxy's own ports.</summary>
public sealed class HealthCheckTests(ServiceLabs labs) : ServiceTests(labs)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_health_check_node_port_tells_of_the_nodes_own_ready_backends()
    {
        var lab = await LabAsync("direct");
        var service = await lab.ServeAsync(LocalLoadBalancer, lab.A2, lab.B1);
        await SaysAsync(lab, service, lab.NodeA, 200, backends: 1);
        await SaysAsync(lab, service, lab.NodeB, 200, backends: 1);
        await SaysAsync(lab, service, lab.NodeC, 503, backends: 0);

        await lab.SetBackendsAsync(service, lab.B1, lab.B2, lab.HostB);
        await SaysAsync(lab, service, lab.NodeA, 503, backends: 0);
        await SaysAsync(lab, service, lab.NodeB, 200, backends: 3);

        // It still answers clients, but new ones should come to another node.
        await lab.SetBackendsAsync(service, lab.A2.Backend.Terminating);
        await SaysAsync(lab, service, lab.NodeA, 503, backends: 0);
        await Expect.AnswersAsync(lab.Outside, service.NodePortOf(lab.NodeA, ipv6: false), "a2", lab.Outside.Address(ipv6: false));

        await lab.SetBackendsAsync(service, lab.A2);
        await SaysAsync(lab, service, lab.NodeA, 200, backends: 1);
    }

    [Fact]
    public async Task A_health_check_node_port_comes_and_goes_with_the_policy_and_the_service()
    {
        var lab = await LabAsync("direct");
        var service = await lab.ServeAsync(LocalLoadBalancer, lab.A2);
        var target = new IPEndPoint(lab.NodeA.IPv4, service.HealthCheckNodePort);
        for (var round = 0; round < 2; round++)
        {
            await SaysAsync(lab, service, lab.NodeA, 200, backends: 1);
            await lab.ChangeAsync(service with { ExternalTrafficLocal = false });
            await ClosedAsync(lab, target);
            await lab.ChangeAsync(service);
        }

        await SaysAsync(lab, service, lab.NodeA, 200, backends: 1);
        await lab.RemoveAsync(service);
        await ClosedAsync(lab, target);
    }

    [Fact]
    public async Task The_ports_of_kube_proxy_answer()
    {
        var lab = await LabAsync("direct");
        await lab.ServeAsync(s => s, lab.A2);
        var healthz = await lab.Outside.GetAsync(new IPEndPoint(lab.NodeA.IPv4, 10256), "/healthz");
        Assert.Equal(200, healthz.Status);
        Assert.Contains("lastUpdated", healthz.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await lab.Outside.GetAsync(new IPEndPoint(lab.NodeA.IPv4, 10256), "/livez")).Status);

        var metrics = new IPEndPoint(IPAddress.Loopback, 10249);
        var mode = await lab.NodeA.GetAsync(metrics, "/proxyMode");
        Assert.Equal(200, mode.Status);
        Assert.NotEmpty(mode.Body);
        var text = (await lab.NodeA.GetAsync(metrics, "/metrics")).Body;
        foreach (var name in (string[])["kubeproxy_sync_proxy_rules_duration_seconds_count", "kubeproxy_network_programming_duration_seconds"])
        {
            Assert.Contains(name, text, StringComparison.Ordinal);
        }

        Assert.Equal(SocketError.ConnectionRefused, await lab.Outside.TcpErrorAsync(new IPEndPoint(lab.NodeA.IPv4, 10249)));
    }

    private static LabService LocalLoadBalancer(LabService service) => service with { Type = LabServiceType.LoadBalancer, ExternalTrafficLocal = true };

    private static async Task SaysAsync(ServiceLab lab, LabService service, LabNode node, int status, int backends)
    {
        var target = new IPEndPoint(node.IPv4, service.HealthCheckNodePort);
        await Wait.UntilAsync($"{node.Name} says {status} and {backends} at {target}", Soon, async () =>
        {
            var answer = await lab.Outside.GetAsync(target, "/");
            var body = JsonNode.Parse(answer.Body)!;
            return answer.Status == status
                && answer.Headers["X-Load-Balancing-Endpoint-Weight"] == $"{backends}"
                && answer.Headers["Content-Type"].StartsWith("application/json", StringComparison.Ordinal)
                && body["service"]!["namespace"]!.ToString() == "default"
                && body["service"]!["name"]!.ToString() == service.Name
                && body["localEndpoints"]!.GetValue<int>() == backends
                && body["serviceProxyHealthy"]!.GetValue<bool>()
                    ? true
                    : throw new LabException($"{answer.Status} {string.Join(' ', answer.Headers)} {answer.Body}");
        });
    }

    private static Task<TimeSpan> ClosedAsync(ServiceLab lab, IPEndPoint target) =>
        Wait.UntilAsync($"{target} is closed", Soon, async () => await lab.Outside.TcpErrorAsync(target) == SocketError.ConnectionRefused);
}
