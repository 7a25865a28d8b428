using System.Net;
using Netweir.Bench.Load;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>What everything is compared with: a veth pair between two namespaces and nothing else. And a namespace's loopback.</summary>
public sealed class BareScenario : IScenario
{
    public const string Veth = "veth";
    public const string VethIPv6 = "veth-v6";
    public const string Loopback = "loopback";
    private LabCluster? _lab;

    public string Name => "bare";

    public async Task<IReadOnlyList<BenchPath>> SetUpAsync()
    {
        // A lab without nodes: its janitor removes the namespaces.
        _lab = await LabCluster.CreateAsync(new LabOptions { Nodes = 1, StartAgents = false, OwnApiServer = true });
        string[] names = [$"{_lab.Name}-bare1", $"{_lab.Name}-bare2"];
        using var one = NetworkNamespace.Create(names[0]);
        using var two = NetworkNamespace.Create(names[1]);
        TwoNodes.Ip(one, "link set lo up", $"link add eth0 type veth peer name eth0 netns {names[1]}");
        TwoNodes.Ip(one, "addr add 10.9.0.1/24 dev eth0", "addr add fd00:9::1/64 dev eth0 nodad", "link set eth0 up");
        TwoNodes.Ip(two, "link set lo up", "addr add 10.9.0.2/24 dev eth0", "addr add fd00:9::2/64 dev eth0 nodad", "link set eth0 up");
        return
        [
            Path(Veth, "bare veth", one, two, "10.9.0.2", 7001),
            Path(VethIPv6, "bare veth, IPv6", one, two, "fd00:9::2", 7002),
            Path(Loopback, "loopback", one, one, "127.0.0.1", 7003),
        ];
    }

    public ValueTask DisposeAsync() => _lab?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static BenchPath Path(string name, string label, NetworkNamespace client, NetworkNamespace server, string target, int port) => new()
    {
        Name = name,
        Label = label,
        Client = client.Path,
        Server = server.Path,
        Target = new IPEndPoint(IPAddress.Parse(target), port),
        ServerPort = port,
    };
}
