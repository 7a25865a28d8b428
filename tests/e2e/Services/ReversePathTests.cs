using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// Nodes whose kernel has net.ipv4.conf.all.rp_filter=1, as kind's have. Pain: the filter silently eats answers that come another way
/// than the route's.
/// </summary>
public sealed class ReversePathTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachRouting]
    public async Task Services_work_under_a_strict_filter_which_stays(string routing)
    {
        var lab = await LabAsync(routing);
        foreach (var backend in (LabBackend[])[lab.A2, lab.B1, lab.HostA, lab.HostB])
        {
            var service = await lab.ServeAsync(s => s with { Type = LabServiceType.LoadBalancer, ExternalTrafficLocal = true }, backend);
            foreach (var target in (System.Net.IPEndPoint[])
                [service.EndPoint(ipv6: false), service.LoadBalancer(ipv6: false), service.NodePortOf(lab.NodeA, ipv6: false), service.NodePortAt(lab.NodeA.SecondIPv4)])
            {
                await Expect.AnswersAsync(lab.NodeA, target, backend.Name, null);
                await Expect.AnswersAsync(lab.A1, target, backend.Name, lab.A1.IPv4);
            }
        }

        foreach (var node in lab.Cluster.Nodes)
        {
            Assert.Equal("1", Setting(node, "all"));
            Assert.Equal("1", Setting(node, "eth0"));
            Assert.Equal("2", Setting(node, "nw_host"));
        }

        static string Setting(LabNode node, string device) => node.Run("cat", $"/proc/sys/net/ipv4/conf/{device}/rp_filter").Checked().Output.Trim();
    }
}
