using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// Node ports with a remote backend, and few ports to translate sources to. Pain: source ports collide, so that clients get each other's
/// answers; the range runs dry silently; it never recovers.
/// </summary>
public sealed partial class SnatPortTests(ServiceLabs labs) : ServiceTests(labs)
{
    /// <summary>Of the range that the agents are given here.</summary>
    private const int Ports = 32;

    /// <summary>Below the range that agents have by default, so that no other test's flow holds one of these.</summary>
    private const int First = 10000;

    [Fact]
    public async Task Flows_do_not_collide_and_a_range_that_ran_dry_is_counted_and_recovers()
    {
        var lab = await LabAsync("direct");
        await lab.Cluster.RestartAgentsAsync("direct", "--snat-ports", $"{First}-{First + Ports - 1}");
        try
        {
            foreach (var ipv6 in (bool[])[false, true])
            {
                var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, lab.A2);
                var target = service.NodePortOf(lab.NodeC, ipv6);
                var connections = await FillAsync(lab, target, ipv6);
                await RunsDryAsync(lab, target, ipv6);
                await KeepTheirOwnAsync(connections);
                // Another backend's ports are others. Chance sends a connection's packets to the one that has none left, too, for seconds at times.
                await lab.SetBackendsAsync(service, lab.B1, lab.A2);
                await Wait.UntilAsync("the other backend answers", TimeSpan.FromSeconds(30), async () => (await lab.Outside.TcpAsync(target)).Server == "b1");
                await lab.SetBackendsAsync(service, lab.A2);
                await KeepTheirOwnAsync(connections);
                connections.ForEach(c => c.Dispose());
                // A closed connection's port rests for ten seconds.
                await Wait.UntilAsync("ports are free again", TimeSpan.FromSeconds(20), async () => await lab.Outside.TcpErrorAsync(target, TimeSpan.FromMilliseconds(300)) is null);
            }
        }
        finally
        {
            await lab.Cluster.RestartAgentsAsync("direct");
        }
    }

    /// <summary>Connections from one client and from many: each at a port of its own, and all ports taken.</summary>
    private async Task<List<LabFlow>> FillAsync(ServiceLab lab, IPEndPoint target, bool ipv6)
    {
        var connections = new List<LabFlow>();
        var seen = new HashSet<IPEndPoint>();
        for (var number = 0; number < Ports; number++)
        {
            var source = new IPEndPoint(lab.Outside.Address(ipv6, number % 2 == 0 ? 0 : number), 0);
            var connection = Own(await LabFlow.OpenAsync(lab.Outside, target, SocketType.Stream, source));
            connections.Add(connection);
            var client = (await connection.AskAsync()).Client;
            Assert.Equal(lab.NodeC.Address(ipv6), client.Address);
            Assert.InRange(client.Port, First, First + Ports - 1);
            Assert.True(seen.Add(client), $"two connections are seen as {client}");
        }

        return connections;
    }

    private static async Task RunsDryAsync(ServiceLab lab, IPEndPoint target, bool ipv6)
    {
        var before = await ExhaustedAsync(lab.NodeC);
        Assert.Equal(SocketError.TimedOut, await lab.Outside.TcpErrorAsync(target, TimeSpan.FromMilliseconds(500), new IPEndPoint(lab.Outside.Address(ipv6, 39), 0)));
        Assert.True(await ExhaustedAsync(lab.NodeC) > before, "the dropped packet is not counted");
    }

    private static async Task KeepTheirOwnAsync(List<LabFlow> connections) => await Task.WhenAll(connections.Select(c => c.AskAsync()));

    private static async Task<long> ExhaustedAsync(LabNode node)
    {
        var text = (await node.HttpAsync(new IPEndPoint(IPAddress.Loopback, LabNode.HealthPort), "/metrics")).Body;
        return Exhausted().Matches(text).Sum(m => long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""^netweir_dropped_packets_total\{[^}]*reason="snat_exhausted"[^}]*\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex Exhausted();
}
