using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.Demo;

/// <summary>Nothing is lost while things change.</summary>
internal sealed class LoadChecks(Report report, LabCluster lab, LabPod client, LabService service, LabPod[] backends)
{
    private const int Rate = 100;

    /// <summary>Longer than a request takes, and than the agents need to apply a slice.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromMilliseconds(500);

    public Task BackendsChangeAsync() =>
        CheckAsync("backend b2 drained, removed, added again", async () =>
        {
            LabPod[] staying = backends[..^1];
            lab.SetBackends(service, [.. staying, backends[^1].Backend.Terminating]);
            await Task.Delay(Drain);
            lab.SetBackends(service, [.. staying]);
            await Task.Delay(Drain);
            lab.SetBackends(service, [.. backends]);
            await Task.Delay(Drain);
        });

    public Task AgentsDieAsync() =>
        CheckAsync("both agents killed with kill -9, and back", async () =>
        {
            foreach (var node in lab.Nodes)
            {
                node.KillAgent();
            }

            await Task.Delay(Drain);
            await lab.StartAgentsAsync();
            await Task.Delay(Drain);
        });

    private Task CheckAsync(string what, Func<Task> change) => report.CheckAsync(what, "0 failed requests", async () =>
    {
        var options = new LoadOptions
        {
            Target = service.EndPoint(ipv6: false),
            RequestsPerSecond = Rate,
            Duration = TimeSpan.FromMinutes(1),
            Timeout = TimeSpan.FromSeconds(2),
            InNamespace = client.InNamespace,
        };
        await using var tcp = TcpLoad.Start(options);
        await using var udp = UdpLoad.Start(options with { Target = service.EndPoint(ipv6: true) });
        await change();
        var (t, u) = (await tcp.StopAsync(), await udp.StopAsync());
        var holds = t.Failed + u.Failed == 0 && t.Requests >= Rate / 2 && u.Requests >= Rate / 2;
        return (holds, holds ? $"0 failed of {t.Requests} TCP connections and {u.Requests} datagrams, slowest {Math.Max(t.Max.TotalMilliseconds, u.Max.TotalMilliseconds):0} ms" : $"TCP {t}; UDP {u}");
    });
}
