using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>
/// Every pod of a service is replaced under constant load. Pain: rolling updates lose requests, because a pod's routes go while its connections
/// still end, or because terminating backends are removed too early.
/// </summary>
public sealed class RollingUpdateTests(ServiceLabs labs) : ServiceTests(labs)
{
    /// <summary>Some requests long. A pod that ends waits for its requests besides: however slow the machine is.</summary>
    private static readonly TimeSpan Terminating = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan Gone = TimeSpan.FromMilliseconds(400);

    [Theory, EachRouting]
    public async Task Replacing_every_pod_fails_no_request(string routing)
    {
        var lab = await LabAsync(routing);
        var generation = 0;
        List<LabPod> pods = [await AddAsync(lab.NodeA), await AddAsync(lab.NodeB)];
        try
        {
            var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, [.. pods]);
            var loads = StartLoads(lab, service);
            for (var round = 0; round < 4; round++)
            {
                var (old, next) = (pods[0], await AddAsync(pods[0].Node));
                pods.RemoveAt(0);
                pods.Add(next);
                await lab.SetBackendsAsync(service, [.. pods, old.Backend.Terminating]);
                await Task.Delay(Terminating);
                await Task.WhenAll(loads.Select(l => l.Load.DrainAsync()));
                await lab.SetBackendsAsync(service, [.. pods]);
                await lab.Cluster.RemovePodAsync(old);
                await Task.Delay(Gone);
            }

            foreach (var (what, load) in loads)
            {
                LoadAssert.Flawless(await load.StopAsync(), 40, $"a rolling update, {what}", lab.Explain);
                await load.DisposeAsync();
            }
        }
        finally
        {
            foreach (var pod in pods)
            {
                await lab.Cluster.RemovePodAsync(pod);
            }
        }

        Task<LabPod> AddAsync(LabNode node) => lab.Cluster.AddPodAsync(node, $"rolling-{++generation}");
    }

    private static List<(string What, RunningLoad Load)> StartLoads(ServiceLab lab, LabService service)
    {
        var loads = new List<(string, RunningLoad)>();
        foreach (var ipv6 in (bool[])[false, true])
        {
            loads.Add((Named("TCP from a pod"), TcpLoad.Start(Options(lab.A1, service.EndPoint(ipv6)))));
            loads.Add((Named("UDP from a pod"), UdpLoad.Start(Options(lab.A1, service.EndPoint(ipv6)))));
            loads.Add((Named("TCP from a host"), TcpLoad.Start(Options(lab.NodeB, service.EndPoint(ipv6)))));
            loads.Add((Named("TCP from outside"), TcpLoad.Start(Options(lab.Outside, service.NodePortOf(lab.NodeA, ipv6)))));
            loads.Add((Named("UDP from outside by a node without backends"), UdpLoad.Start(Options(lab.Outside, service.NodePortOf(lab.NodeC, ipv6)))));

            string Named(string what) => $"{what} over IPv{(ipv6 ? 6 : 4)}";
        }

        return loads;
    }

    private static LoadOptions Options(LabHost from, System.Net.IPEndPoint target) => new()
    {
        Target = target,
        Workers = 4,
        RequestsPerSecond = 30,
        Duration = TimeSpan.FromMinutes(1),
        Timeout = TimeSpan.FromSeconds(2),
        InNamespace = from.InNamespace,
    };
}
