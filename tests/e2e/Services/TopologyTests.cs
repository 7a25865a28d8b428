using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>trafficDistribution: hints of slices prefer backends of the node or of its zone; each node is in a zone of its own.</summary>
public sealed class TopologyTests(ServiceLabs labs) : ServiceTests(labs)
{
    [Theory, EachRouting]
    public async Task Hints_for_zones_keep_traffic_in_the_zone(string routing)
    {
        var lab = await LabAsync(routing);
        await PrefersAsync(lab, "PreferSameZone", (pod, node) => pod.Backend with { ForZones = [node.Zone] });
    }

    [Theory, EachRouting]
    public async Task Hints_for_nodes_keep_traffic_on_the_node(string routing)
    {
        var lab = await LabAsync(routing);
        await PrefersAsync(lab, "PreferSameNode", (pod, node) => pod.Backend with { ForNodes = [node.Name], ForZones = [node.Zone] });
    }

    [Theory, EachRouting]
    public async Task One_backend_without_a_hint_switches_all_off(string routing)
    {
        var lab = await LabAsync(routing);
        var service = await lab.ServeAsync(s => s, lab.A2.Backend with { ForZones = [lab.NodeA.Zone] }, lab.B1);
        Assert.Equal(["a2", "b1"], await Expect.ServersAsync(lab.A1, service.EndPoint(ipv6: false), connections: 40));
    }

    private static async Task PrefersAsync(ServiceLab lab, string distribution, Func<LabPod, LabNode, LabBackend> hint)
    {
        var service = await lab.ServeAsync(
            s => s with { Type = LabServiceType.NodePort, TrafficDistribution = distribution }, hint(lab.A2, lab.NodeA), hint(lab.B1, lab.NodeB));
        foreach (var ipv6 in (bool[])[false, true])
        {
            foreach (var (pod, server) in ((LabPod, string)[])[(lab.A1, "a2"), (lab.B2, "b1")])
            {
                Assert.Equal([server], await Expect.ServersAsync(pod, service.EndPoint(ipv6)));
                Assert.Equal([server], await Expect.ServersAsync(pod.Node, service.EndPoint(ipv6)));
                Assert.Equal([server], await Expect.ServersAsync(lab.Outside, service.NodePortOf(pod.Node, ipv6)));
            }

            // No backend is meant for it: all are.
            Assert.Equal(["a2", "b1"], await Expect.ServersAsync(lab.C1, service.EndPoint(ipv6), connections: 40));
        }
    }
}
