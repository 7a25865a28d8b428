using System.Diagnostics;
using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// Datagrams of several fragments, and transfers through every translation. Pain: large DNS and UDP answers lost to services because later
/// fragments have no ports; connections over VXLAN that take a minute because a checksum is wrong after translation.
/// </summary>
public sealed class LargeTrafficTests(ServiceLabs labs) : ServiceTests(labs)
{
    private const int Transfer = 1024 * 1024;

    /// <summary>A lost SYN is repeated after a second.</summary>
    private static readonly TimeSpan Promptly = TimeSpan.FromMilliseconds(500);

    [Theory, EachWay]
    public async Task Fragmented_datagrams_pass_services_in_both_directions(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        foreach (var backend in (LabBackend[])[lab.A2, lab.B1, lab.HostB])
        {
            var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, backend);
            foreach (var (from, target) in Ways(lab, service, ipv6))
            {
                foreach (var bytes in (int[])[2000, 9000, 40_000])
                {
                    Assert.Equal(backend.Name, (await from.UdpAsync(target, bytes)).Server);
                }
            }
        }
    }

    [Theory, EachWay]
    public async Task Transfers_arrive_whole_and_connections_open_promptly(string routing, bool ipv6)
    {
        var lab = await LabAsync(routing);
        foreach (var backend in (LabBackend[])[lab.A2, lab.B1, lab.HostB])
        {
            var service = await lab.ServeAsync(s => s with { Type = LabServiceType.NodePort }, backend);
            foreach (var (from, target) in Ways(lab, service, ipv6))
            {
                await from.TransferAsync(service.Mirror(target), Transfer);
                var times = new List<TimeSpan>();
                for (var connection = 0; connection < 5; connection++)
                {
                    var clock = Stopwatch.StartNew();
                    await from.TcpAsync(target);
                    times.Add(clock.Elapsed);
                }

                Assert.True(times.Order().ElementAt(2) < Promptly, $"{from.Name} to {target}: {string.Join(' ', times)}");
            }
        }
    }

    private static IEnumerable<(LabHost From, IPEndPoint Target)> Ways(ServiceLab lab, LabService service, bool ipv6) =>
    [
        (lab.A1, service.EndPoint(ipv6)),
        (lab.NodeA, service.EndPoint(ipv6)),
        (lab.NodeA, service.NodePortOf(lab.NodeA, ipv6)),
        (lab.NodeA, service.NodePortOf(lab.NodeC, ipv6)),
        (lab.C1, service.NodePortOf(lab.NodeA, ipv6)),
        (lab.Outside, service.NodePortOf(lab.NodeA, ipv6)),
        (lab.Outside, service.NodePortOf(lab.NodeC, ipv6)),
    ];
}
