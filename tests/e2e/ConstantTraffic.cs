using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>Short requests over TCP and UDP, and long connections, from a pod and from a host to one service, over both families.</summary>
internal sealed class ConstantTraffic : IAsyncDisposable
{
    private const int Rate = 25;
    private readonly List<(string What, RunningLoad Load)> _loads = [];
    private readonly List<(string What, LongConnections Connections)> _connections = [];
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();
    private readonly int _count;

    private ConstantTraffic(int count) => _count = count;

    public static async Task<ConstantTraffic> StartAsync(LabPod pod, LabNode host, LabService service, int connections)
    {
        var traffic = new ConstantTraffic(connections);
        foreach (var from in (LabHost[])[pod, host])
        {
            foreach (var ipv6 in (bool[])[false, true])
            {
                var options = new LoadOptions
                {
                    Target = service.EndPoint(ipv6),
                    RequestsPerSecond = Rate,
                    Duration = TimeSpan.FromMinutes(5),
                    Timeout = TimeSpan.FromSeconds(2),
                    InNamespace = from.InNamespace,
                };
                var what = $"from {from.Name} over IPv{(ipv6 ? 6 : 4)}";
                traffic._loads.Add(($"TCP {what}", TcpLoad.Start(options)));
                traffic._loads.Add(($"UDP {what}", UdpLoad.Start(options)));
                traffic._connections.Add(($"connections {what}", await LongConnections.StartAsync(
                    new() { Target = service.EndPoint(ipv6), Count = connections, Interval = TimeSpan.FromMilliseconds(200), InNamespace = from.InNamespace })));
            }
        }

        return traffic;
    }

    public async Task AssertFlawlessAsync(string happening, Func<string> explanation)
    {
        // Half of what was due: the machine may be busy, but a stalled load must not pass.
        var atLeast = (int)(Rate * _clock.Elapsed.TotalSeconds / 2);
        foreach (var (what, load) in _loads)
        {
            LoadAssert.Flawless(await load.StopAsync(), atLeast, $"{happening}, {what}", explanation);
        }

        foreach (var (what, connections) in _connections)
        {
            LoadAssert.Flawless(await connections.StopAsync(), _count, $"{happening}, {what}", explanation);
        }
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
