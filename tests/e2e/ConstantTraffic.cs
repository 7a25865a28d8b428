using System.Net;
using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>Short requests over TCP and UDP, and long connections, along several paths, over both families.</summary>
internal sealed class ConstantTraffic : IAsyncDisposable
{
    private readonly List<(string What, RunningLoad Load)> _loads = [];
    private readonly List<(string What, LongConnections Connections)> _connections = [];
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
    private readonly int _rate;
    private readonly int _count;

    private ConstantTraffic(int rate, int count) => (_rate, _count) = (rate, count);

    /// <param name="paths">Each gets all loads.</param>
    /// <param name="rate">Requests a second of each protocol, family and path.</param>
    /// <param name="connections">Long ones, of each family and path.</param>
    public static async Task<ConstantTraffic> StartAsync(IReadOnlyList<TrafficPath> paths, int rate, int connections)
    {
        var traffic = new ConstantTraffic(rate, connections);
        foreach (var (name, from, to) in paths)
        {
            foreach (var ipv6 in (bool[])[false, true])
            {
                var options = new LoadOptions
                {
                    Target = to(ipv6),
                    RequestsPerSecond = rate,
                    Duration = TimeSpan.FromMinutes(30),
                    Timeout = TimeSpan.FromSeconds(2),
                    InNamespace = from.InNamespace,
                };
                var what = $"{name} over IPv{(ipv6 ? 6 : 4)}";
                traffic._loads.Add(($"TCP {what}", TcpLoad.Start(options)));
                traffic._loads.Add(($"UDP {what}", UdpLoad.Start(options)));
                traffic._connections.Add(($"connections {what}", await LongConnections.StartAsync(
                    new() { Target = to(ipv6), Count = connections, Interval = TimeSpan.FromMilliseconds(200), InNamespace = from.InNamespace })));
            }
        }

        return traffic;
    }

    /// <summary>Stops all, and asserts that every request was answered and every connection lived.</summary>
    public async Task<TrafficTotals> AssertFlawlessAsync(string happening, Func<string> explanation)
    {
        // Half of what was due: the machine may be busy, but a stalled load must not pass.
        var atLeast = (int)(_rate * _clock.Elapsed.TotalSeconds / 2);
        var loads = new List<(string What, LoadReport Report)>();
        foreach (var (what, load) in _loads)
        {
            loads.Add((what, await load.StopAsync()));
        }

        var connections = new List<(string What, LongConnectionsReport Report)>();
        foreach (var (what, running) in _connections)
        {
            connections.Add((what, await running.StopAsync()));
        }

        loads.ForEach(l => LoadAssert.Flawless(l.Report, atLeast, $"{happening}, {l.What}", explanation));
        connections.ForEach(c => LoadAssert.Flawless(c.Report, _count, $"{happening}, {c.What}", explanation));
        return Total(loads, [.. connections.Select(c => c.Report)]);
    }

    private static TrafficTotals Total(List<(string What, LoadReport Report)> loads, List<LongConnectionsReport> connections)
    {
        var all = loads.Select(l => l.Report).Concat(connections.Select(c => c.Exchanges)).ToList();
        return new TrafficTotals(
            loads.Where(l => l.What.StartsWith("TCP", StringComparison.Ordinal)).Sum(l => l.Report.Requests),
            loads.Where(l => l.What.StartsWith("UDP", StringComparison.Ordinal)).Sum(l => l.Report.Requests),
            connections.Sum(c => c.Exchanges.Requests),
            connections.Sum(c => c.Alive),
            all.Sum(r => r.Failed),
            all.Sum(r => r.Failures.GetValueOrDefault(LoadFailure.Reset)),
            all.Max(r => r.Max));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, load) in _loads)
        {
            await load.DisposeAsync();
        }

        foreach (var (_, connections) in _connections)
        {
            await connections.DisposeAsync();
        }
    }
}
