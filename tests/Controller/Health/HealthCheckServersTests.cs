using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller.Tests;

public sealed class HealthCheckServersTests : IDisposable
{
    private static readonly ObjectKey Web = new("shop", "web");
    private readonly TestNode _node = new();
    private readonly ManualTime _time = new();
    private readonly ProxyHealth _health;
    private readonly RecordedEvents _events = new();
    private readonly Conditions _conditions = new();
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private HealthCheckServers _servers;

    public HealthCheckServersTests()
    {
        _health = new ProxyHealth(_time);
        _servers = Create();
    }

    public void Dispose()
    {
        _servers.Dispose();
        _provider.Dispose();
        _node.Dispose();
    }

    [Theory]
    [InlineData("10.0.0.1", "/")]
    [InlineData("127.0.0.1", "/healthz?from=lb")]
    [InlineData("fd00::1", "/any/path")]
    public void A_load_balancer_is_told_how_many_endpoints_are_here(string address, string path)
    {
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 2));

        var answer = NodeHttp.Get(_node.Namespace, address, NodeHttp.Port, path);

        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Load-Balancing-Endpoint-Weight: 2\r\nX-Content-Type-Options: nosniff\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith(
            "\r\n\r\n{\n\t\"service\": {\n\t\t\"namespace\": \"shop\",\n\t\t\"name\": \"web\"\n\t},\n\t\"localEndpoints\": 2,\n\t\"serviceProxyHealthy\": true\n}",
            answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_endpoint_here_it_is_to_go_elsewhere()
    {
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 1));
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 0));

        var answer = NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port);

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("X-Load-Balancing-Endpoint-Weight: 0\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void While_changes_wait_too_long_it_is_to_go_elsewhere()
    {
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 1));
        _health.Queued(complete: true);
        _time.Now += ProxyHealth.Allowed;

        var answer = NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port);

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"serviceProxyHealthy\": false", answer, StringComparison.Ordinal);
        _health.Started();
        _health.Updated();
        Assert.StartsWith("HTTP/1.1 200 ", NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_is_closed_with_its_service_and_may_go_to_another()
    {
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 1), new HealthCheckNodePort(new ObjectKey("shop", "db"), NodeHttp.Port + 1, 1));
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port + 1, 1));

        Assert.Empty(NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port));
        Assert.Contains("\"name\": \"web\"", NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port + 1), StringComparison.Ordinal);
        Apply();
        Assert.Empty(NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port + 1));
        Assert.Empty(_events.All);
    }

    [Fact]
    public void A_port_that_is_taken_is_told_of_once_and_served_when_it_is_free()
    {
        var other = _node.Namespace.Run(() => new TcpListener(IPAddress.Any, NodeHttp.Port));
        _node.Namespace.Run(() => other.Start());
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 1), new HealthCheckNodePort(new ObjectKey("shop", "db"), NodeHttp.Port + 1, 1));

        var warning = Assert.Single(_events.All);
        Assert.Equal((Web, EventType.Warning, HealthCheckServers.Taken), (warning.Subject.Key, warning.Type, warning.Reason));
        Assert.Contains($"health check port {NodeHttp.Port} of service shop/web cannot be served", warning.Note, StringComparison.Ordinal);
        Assert.Single(_conditions.Notes());
        Assert.StartsWith("HTTP/1.1 200 ", NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port + 1), StringComparison.Ordinal);

        _node.Namespace.Run(_servers.Retry);
        Assert.Single(_events.All);
        other.Dispose();
        _node.Namespace.Run(_servers.Retry);

        Assert.StartsWith("HTTP/1.1 200 ", NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port), StringComparison.Ordinal);
        Assert.Equal((EventType.Normal, HealthCheckServers.Served), (_events.All[^1].Type, _events.All[^1].Reason));
        Assert.Empty(_conditions.Notes());
    }

    [Fact]
    public void A_restart_finds_its_ports_free_though_connections_of_before_linger()
    {
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 1));
        // The server closes first, so the lingering end is its own.
        NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port);
        _servers.Dispose();

        _servers = Create();
        Apply(new HealthCheckNodePort(Web, NodeHttp.Port, 1));

        Assert.StartsWith("HTTP/1.1 200 ", NodeHttp.Get(_node.Namespace, "10.0.0.1", NodeHttp.Port), StringComparison.Ordinal);
        Assert.Empty(_events.All);
    }

    private void Apply(params HealthCheckNodePort[] all) => _node.Namespace.Run(() => _servers.Apply(all));

    private HealthCheckServers Create()
    {
        var metrics = new AgentMetrics(_provider.GetRequiredService<IMeterFactory>());
        var services = new ServiceEvents(_events, k => new ObjectMeta { Namespace = k.Namespace, Name = k.Name, Uid = "u1" });
        return new HealthCheckServers(_health, services, new StageRunner("test", _conditions, metrics, NullLogger.Instance), NullLogger.Instance);
    }
}
