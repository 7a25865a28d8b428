using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>Backends come and go under a constant load.</summary>
public sealed class BackendChangeTests(DirectLab lab) : IClassFixture<DirectLab>
{
    /// <summary>Some requests long.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(400);

    [Fact]
    public async Task Backends_drained_and_removed_and_added_fail_no_request()
    {
        var service = lab.Lab.AddService("rolling", lab.A2, lab.B1, lab.B2);
        await lab.Lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
        RunningLoad[] loads =
        [
            TcpLoad.Start(Load(service, lab.A1, ipv6: false)),
            TcpLoad.Start(Load(service, lab.NodeA, ipv6: true)),
            UdpLoad.Start(Load(service, lab.A1, ipv6: true)),
            UdpLoad.Start(Load(service, lab.NodeA, ipv6: false)),
        ];
        foreach (var leaving in (LabPod[])[lab.B2, lab.A2, lab.B1])
        {
            LabPod[] staying = [.. new[] { lab.A2, lab.B1, lab.B2 }.Except([leaving])];
            await SetBackendsAsync([.. staying, leaving.Backend.Terminating]);
            // A pod that ends waits for its requests: however slow the machine is.
            await Task.WhenAll(loads.Select(l => l.DrainAsync()));
            await SetBackendsAsync([.. staying]);
            await SetBackendsAsync([lab.A2, lab.B1, lab.B2]);
        }

        foreach (var load in loads)
        {
            LoadAssert.Flawless(await load.StopAsync(), 150, "a rolling update", () => lab.NodeA.LogTail());
            await load.DisposeAsync();
        }

        lab.Lab.RemoveService(service);

        async Task SetBackendsAsync(LabBackend[] backends)
        {
            lab.Lab.SetBackends(service, backends);
            await lab.Lab.SettleAsync();
            await Task.Delay(Drain);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_UDP_flow_goes_on_with_another_backend_at_once(bool ipv6)
    {
        var service = lab.Lab.AddService("one-of-two", lab.A2);
        await lab.Lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
        await using var load = UdpLoad.Start(
            Load(service, lab.A1, ipv6) with { KeepConnections = true, Workers = 1, Timeout = TimeSpan.FromMilliseconds(300) });
        await AnswersMoreAsync(load, lab.A2);
        LabPod[] turns = [lab.B1, lab.A2, lab.B2, lab.B1, lab.A2];
        foreach (var next in turns)
        {
            lab.Lab.SetBackends(service, [next]);
            await AnswersMoreAsync(load, next);
        }

        // What is on its way to a backend in the moment in which it is removed may be lost; nothing else.
        var report = await load.StopAsync();
        Assert.True(report.Requests >= 60 && report.Failed <= turns.Length, report.ToString());
        lab.Lab.RemoveService(service);
    }

    [Fact]
    public async Task Connections_to_a_terminating_backend_live_on_and_new_ones_go_elsewhere()
    {
        var service = lab.Lab.AddService("draining", lab.A2);
        await lab.Lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
        await using var old = await LongConnections.StartAsync(new() { Target = service.EndPoint(ipv6: false), Count = 5, InNamespace = lab.A1.InNamespace });
        lab.Lab.SetBackends(service, lab.B1, lab.A2.Backend.Terminating);
        await Wait.UntilAsync("new connections go to b1", TimeSpan.FromSeconds(10), async () => (await lab.A1.TcpAsync(service.EndPoint(ipv6: false))).Server == "b1");
        await Task.Delay(Drain);
        var report = await old.StopAsync();
        LoadAssert.Flawless(report, 5, "connections to a terminating backend", () => lab.NodeA.LogTail());
        Assert.Equal(["a2"], report.Exchanges.ByServer.Keys);
        lab.Lab.RemoveService(service);
    }

    private static async Task AnswersMoreAsync(RunningLoad load, LabPod pod)
    {
        var before = load.Snapshot().ByServer.GetValueOrDefault(pod.Name);
        await Wait.UntilAsync($"{pod.Name} answers", TimeSpan.FromSeconds(10), () => load.Snapshot().ByServer.GetValueOrDefault(pod.Name) > before + 10);
    }

    private static LoadOptions Load(LabService service, LabHost from, bool ipv6) => new()
    {
        Target = service.EndPoint(ipv6),
        Workers = 4,
        RequestsPerSecond = 50,
        Duration = TimeSpan.FromSeconds(30),
        Timeout = TimeSpan.FromSeconds(2),
        InNamespace = from.InNamespace,
    };
}
