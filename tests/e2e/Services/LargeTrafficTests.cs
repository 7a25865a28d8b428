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
            foreach (var (from, target) in Ways(lab, service, ipv6).Where(w => !IsOwnLargeIPv6(lab, w.From, w.Target, backend, ipv6)))
            {
                if (IsDiscovered(lab, from, target, routing, ipv6))
                {
                    await from.UdpErrorAsync(target, TimeSpan.FromMilliseconds(300), bytes: 2000);
                }

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

    /// <summary>
    /// A process's datagrams to its own node leave the loopback whole, IPv6 has no routers that fragment, and the kernel keeps no path MTU for its own
    /// addresses: the process is told "message too long", each time.
    /// </summary>
    private static bool IsOwnLargeIPv6(ServiceLab lab, LabHost from, IPEndPoint target, LabBackend backend, bool ipv6) =>
        ipv6 && from == lab.NodeA && target.Address.Equals(lab.NodeA.IPv6) && backend.Node != lab.NodeA.Name;

    /// <summary>
    /// Whether the first large datagram tells the client's kernel of the path's MTU: routers do not fragment IPv6, and a process's way to its own
    /// node begins with the loopback's large MTU.
    /// </summary>
    private static bool IsDiscovered(ServiceLab lab, LabHost from, IPEndPoint target, string routing, bool ipv6) =>
        (ipv6 && routing == "vxlan") || (from == lab.NodeA && target.Address.Equals(lab.NodeA.Address(ipv6)));

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
