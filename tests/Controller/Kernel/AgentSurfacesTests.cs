namespace Netweir.Controller.Tests;

/// <summary>What a whole agent serves in kube-proxy's place.</summary>
public sealed class AgentSurfacesTests : IDisposable
{
    private const int HealthCheckPort = 30501;
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void Load_balancers_probes_and_dashboards_find_what_kube_proxy_has()
    {
        ApplyService("web", "10.96.0.10", "LoadBalancer");
        ApplySlice(ready: true);
        _agent.Ready();

        Assert.Equal("netweir", Body(Get("127.0.0.1", 10249, "/proxyMode")));
        Assert.Equal("ok\n", Body(Get("127.0.0.1", 10249, "/healthz")));
        Assert.Empty(Get("10.0.0.1", 10249, "/proxyMode"));
        Assert.All((string[])["10.0.0.1", "fd00::1"], a => Assert.StartsWith("HTTP/1.1 200 ", Get(a, 10256, "/healthz"), StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 200 ", Get("10.0.0.1", 10256, "/livez"), StringComparison.Ordinal);
        Assert.Contains("X-Load-Balancing-Endpoint-Weight: 1\r\n", Get("10.0.0.1", HealthCheckPort, "/"), StringComparison.Ordinal);
        var metrics = Get("127.0.0.1", 10249, "/metrics");
        Assert.Contains("\nkubeproxy_sync_proxy_rules_last_timestamp_seconds ", metrics, StringComparison.Ordinal);
        Assert.Contains("\nkubeproxy_sync_proxy_rules_service_changes_total 1\n", metrics, StringComparison.Ordinal);

        ApplySlice(ready: false);
        _agent.WaitFor(() => Get("10.0.0.1", HealthCheckPort, "/").StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal), 10, "without an endpoint");
        _agent.Api.Delete("services", "shop", "web");
        _agent.WaitFor(() => Get("10.0.0.1", HealthCheckPort, "/").Length == 0, 10, "closed");
    }

    [Fact]
    public void A_service_that_has_no_room_gets_an_event()
    {
        ApplyService("web", "10.96.0.10", "ClusterIP");
        ApplyService("db", "10.96.0.11", "ClusterIP");
        ApplyService("cache", "10.96.0.12", "ClusterIP");
        _agent.Ready("--map-size", "nw_services=2");

        _agent.WaitFor(() => _agent.Api.Store.All("events").Count > 0, 10, "told of");

        var told = Assert.Single(_agent.Api.Store.All("events"));
        Assert.Equal(("Warning", "MapFull", "own"), (told["type"]!.ToString(), told["reason"]!.ToString(), told["reportingInstance"]!.ToString()));
        Assert.Contains("nw_services", told["note"]!.ToString(), StringComparison.Ordinal);
        _agent.Api.Delete("services", "shop", told["regarding"]!["name"]!.ToString() == "web" ? "db" : "web");
        _agent.WaitFor(() => _agent.Api.Store.All("events").Any(e => e["reason"]!.ToString() == "Programmed"), 10, "told that all is well");
    }

    [Fact]
    public void Ports_that_are_switched_off_are_not_served_and_taken_ones_stop_nothing()
    {
        using var kubeProxy = _agent.Node.Namespace.Run(() => new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, 10256));
        _agent.Node.Namespace.Run(() => kubeProxy.Start());

        _agent.Ready("--metrics-bind-address", "");

        Assert.Empty(Get("127.0.0.1", 10249, "/proxyMode"));
        Assert.Contains("[!] --healthz-bind-address: cannot listen on 0.0.0.0:10256: ", _agent.Get("/readyz"), StringComparison.Ordinal);
        kubeProxy.Dispose();
        _agent.WaitFor(() => Get("10.0.0.1", 10256, "/livez").StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal), 10, "in kube-proxy's place");
        Assert.DoesNotContain("[!]", _agent.Get("/readyz"), StringComparison.Ordinal);
    }

    private string Get(string address, int port, string path) => NodeHttp.Get(_agent.Node.Namespace, address, port, path);

    private static string Body(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private void ApplyService(string name, string address, string type) => _agent.Api.Apply(
        $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: shop}
        spec:
          type: {{type}}
          clusterIP: {{address}}
          clusterIPs: [{{address}}]
          externalTrafficPolicy: Local
          healthCheckNodePort: {{(type == "LoadBalancer" ? HealthCheckPort : 0)}}
          ports: [{port: 80, protocol: TCP}]
        """);

    private void ApplySlice(bool ready) => _agent.Api.Apply(
        $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: web-1
          namespace: shop
          labels: {kubernetes.io/service-name: web}
        addressType: IPv4
        ports: [{name: "", port: 8080, protocol: TCP}]
        endpoints:
        - addresses: [10.244.0.7]
          nodeName: own
          conditions:
            ready: {{(ready ? "true" : "false")}}
            serving: true
            terminating: {{(ready ? "false" : "true")}}
        """);
}
