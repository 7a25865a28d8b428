using System.Net;
using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.Demo;

/// <summary>Single exchanges: who reaches whom, and as whom.</summary>
internal sealed class TrafficChecks(Report report, LabCluster lab, LabPod a1, LabPod a2, LabPod b1, LabService echo)
{
    private static readonly bool[] Families = [false, true];

    public async Task PodsReachPodsAsync()
    {
        foreach (var ipv6 in Families)
        {
            await ReachAsync($"pod a1 -> pod a2, same node, IPv{(ipv6 ? 6 : 4)}", a1, a2.EndPoint(ipv6), "a2", a1.Address(ipv6));
            await ReachAsync($"pod a1 -> pod b1, other node, IPv{(ipv6 ? 6 : 4)}", a1, b1.EndPoint(ipv6), "b1", a1.Address(ipv6));
            await ReachAsync($"host node-a -> pod b1, IPv{(ipv6 ? 6 : 4)}", a1.Node, b1.EndPoint(ipv6), "b1", a1.Node.Address(ipv6));
        }

        await report.CheckAsync("pod a1 -> pod b1, 2 MB of TCP and back", "all bytes", async () =>
        {
            var time = await a1.TransferAsync(b1.MirrorEndPoint(ipv6: false), 2 * 1024 * 1024);
            return (true, $"all bytes, in {time.TotalMilliseconds:0} ms");
        });
    }

    public async Task ServicesAsync()
    {
        foreach (var ipv6 in Families)
        {
            await SpreadAsync($"pod a1 -> service echo, IPv{(ipv6 ? 6 : 4)}", a1, ipv6, a1.Address(ipv6));
            await SpreadAsync($"host node-a -> service echo, IPv{(ipv6 ? 6 : 4)}", a1.Node, ipv6, a1.Node.Address(ipv6));
        }
    }

    public async Task WorldAsync()
    {
        foreach (var ipv6 in Families)
        {
            await ReachAsync($"pod a1 -> {lab.Lan.World(ipv6).Address}, IPv{(ipv6 ? 6 : 4)}", a1, lab.Lan.World(ipv6), "world", a1.Node.Address(ipv6));
        }
    }

    private Task ReachAsync(string what, LabHost from, IPEndPoint target, string server, IPAddress seenAs) =>
        report.CheckAsync(what, $"{server} answers TCP and UDP and sees {seenAs}", async () =>
        {
            var tcp = await from.TcpAsync(target);
            var udp = await from.UdpAsync(target);
            return tcp.Server == udp.Server && tcp.Client.Address.Equals(udp.Client.Address)
                ? $"{tcp.Server} answers TCP and UDP and sees {tcp.Client.Address}"
                : $"TCP: {tcp.Server} sees {tcp.Client.Address}, UDP: {udp.Server} sees {udp.Client.Address}";
        });

    private Task SpreadAsync(string what, LabHost from, bool ipv6, IPAddress seenAs) =>
        report.CheckAsync(what, $"300 connections, none failed, a third each for a2, b1 and b2, who see {seenAs}", async () =>
        {
            var load = await TcpLoad.RunAsync(new LoadOptions
            {
                Target = echo.EndPoint(ipv6),
                RequestsPerSecond = 600,
                Duration = TimeSpan.FromSeconds(0.5),
                InNamespace = from.InNamespace,
            });
            // 300 at random over three: fewer than 60 for one has a chance below 1e-6.
            var holds = load.Failed == 0 && load.ByServer.Count == 3 && load.ByServer.Values.Min() >= 60
                && load.ByClientAddress.Keys.SequenceEqual([seenAs.ToString()]);
            var counts = string.Join(", ", load.ByServer.Select(s => $"{s.Key} {s.Value}"));
            return (holds, holds ? $"{load.Answered} connections: {counts}; all see {seenAs}" : load.ToString());
        });
}
