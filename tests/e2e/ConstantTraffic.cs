using System.Net;
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

    public static Task<ConstantTraffic> StartAsync(LabPod pod, LabNode host, LabService service, int connections) =>
        StartAsync(connections, (pod, service.EndPoint), (host, service.EndPoint));

    /// <summary>From each of these to its frontend of the family.</summary>
    public static async Task<ConstantTraffic> StartAsync(int connections, params (LabHost From, Func<bool, IPEndPoint> Target)[] ways)
    {
        var traffic = new ConstantTraffic(connections);
        foreach (var (from, target) in ways)
        {
            foreach (var ipv6 in (bool[])[false, true])
            {
                await traffic.AddAsync(from, target(ipv6), $"from {from.Name} to {target(ipv6)}");
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

    private async Task AddAsync(LabHost from, IPEndPoint target, string what)
    {
        var options = new LoadOptions
        {
            Target = target,
            RequestsPerSecond = Rate,
            Duration = TimeSpan.FromMinutes(5),
            Timeout = TimeSpan.FromSeconds(2),
            InNamespace = from.InNamespace,
        };
        _loads.Add(($"TCP {what}", TcpLoad.Start(options)));
        _loads.Add(($"UDP {what}", UdpLoad.Start(options)));
        _connections.Add(($"connections {what}", await LongConnections.StartAsync(
            new() { Target = target, Count = _count, Interval = TimeSpan.FromMilliseconds(200), InNamespace = from.InNamespace })));
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
