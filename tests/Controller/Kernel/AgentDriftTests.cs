using System.Net.Sockets;
using Netweir.Controller.Services;
using Netweir.Maps;

namespace Netweir.Controller.Tests;

/// <summary>The whole agent's periodic comparison of the service maps.</summary>
public sealed class AgentDriftTests : IDisposable
{
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void What_somebody_takes_from_the_service_maps_is_back_while_services_change_and_is_counted_once()
    {
        Apply("still", "10.96.0.1", 30080);
        Apply("busy", "10.96.0.2", 30081);
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        var key = Keys.OfNode(AddressFamily.InterNetwork, 30080, 6);
        bool There() => maps.Frontends.TryLookup(key, out _);
        _agent.WaitFor(There, 10, "serving the NodePort");

        Assert.True(maps.Frontends.Delete(key));
        var changes = 0;
        _agent.WaitFor(
            () =>
            {
                Apply("busy", "10.96.0.2", 30081 + (++changes % 2));
                return There();
            },
            60,
            "serving the NodePort again");
        _agent.WaitFor(() => _agent.Metric("netweir_services_drift_total") > 0, 10, "telling of it");

        Assert.Equal(1, _agent.Metric("netweir_services_drift_total"));
    }

    private void Apply(string name, string address, int nodePort) => _agent.Api.Apply(
        $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: default}
        spec:
          type: NodePort
          clusterIP: {{address}}
          clusterIPs: [{{address}}]
          ports: [{port: 80, protocol: TCP, nodePort: {{nodePort}}}]
        """);
}
