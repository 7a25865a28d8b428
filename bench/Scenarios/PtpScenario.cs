using System.Net;
using Netweir.Bench.Load;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>Pods without an overlay and without services: ptp, kernel routes, conntrack and iptables' masquerading.</summary>
public sealed class PtpScenario : IScenario
{
    private TwoNodes? _nodes;

    public string Name => "ptp";

    public async Task<IReadOnlyList<BenchPath>> SetUpAsync()
    {
        _nodes = await TwoNodes.CreateAsync(new LabOptions());
        var wiring = new PtpWiring(_nodes);
        wiring.RouteNodes();
        var client = wiring.Add(_nodes.A);
        return
        [
            Path("local", "local pods", client, wiring.Add(_nodes.A), 9001),
            Path("cross", "cross node", client, wiring.Add(_nodes.B), 9002),
        ];
    }

    public ValueTask DisposeAsync() => _nodes?.DisposeAsync() ?? ValueTask.CompletedTask;

    private BenchPath Path(string name, string label, PeerPod client, PeerPod server, int port) => new()
    {
        Name = $"{Name}/{name}",
        Label = $"ptp + iptables: {label}",
        Client = client.Namespace,
        Server = server.Namespace,
        Target = new IPEndPoint(server.Address, port),
        ServerPort = port,
    };
}
