using System.Globalization;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

/// <summary>The plugin as the runtime runs it: a process per call.</summary>
public sealed class ParallelTests : IDisposable
{
    private const int Pods = 110;
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Node_full_of_pods_is_connected_and_disconnected_in_parallel()
    {
        TestNamespace[] pods = [.. Enumerable.Range(0, Pods).Select(_ => _node.NewPod())];

        List<PluginResult> added = RunAll("ADD", pods);
        Assert.All(added, r => Assert.True(r.ExitCode == 0, r.Text + r.Log));
        Assert.Equal(2 * Pods, added.SelectMany(Addresses).Distinct().Count());
        using (EndpointMap map = _node.OpenMap())
        {
            Assert.Equal(2 * Pods, map.Addresses().Count);
        }

        Assert.Equal(2 * Pods, _node.Host.Netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }).Count);

        Assert.All(RunAll("DEL", pods), r => Assert.True(r is { ExitCode: 0, Text: "" }, r.Text + r.Log));
        _node.AssertEmpty();
    }

    private static IEnumerable<string> Addresses(PluginResult result) =>
        result.Json.GetProperty("ips").EnumerateArray().Select(ip => ip.GetProperty("address").GetString()!);

    private List<PluginResult> RunAll(string command, TestNamespace[] pods)
    {
        // All at once where a process is small; a JIT runtime takes 40 MB and 100 ms of processor each.
        using var slots = new SemaphoreSlim(PluginProcess.IsNative ? Pods : 12);
        Task<PluginResult>[] calls = [.. pods.Select((pod, i) => Task.Factory.StartNew(
            () => RunOne(command, $"c{i.ToString(CultureInfo.InvariantCulture)}", pod, slots),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        Assert.True(Task.WaitAll(calls, TimeSpan.FromSeconds(180)), $"{command} of {Pods} pods took longer than 180 s");
        return [.. calls.Select(c => c.Result)];
    }

    private PluginResult RunOne(string command, string containerId, TestNamespace pod, SemaphoreSlim slots)
    {
        slots.Wait();
        try
        {
            using PluginProcess process = PluginProcess.Start(_node, command, containerId, pod, _node.Config());
            return process.Result(TimeSpan.FromSeconds(60));
        }
        finally
        {
            slots.Release();
        }
    }
}
