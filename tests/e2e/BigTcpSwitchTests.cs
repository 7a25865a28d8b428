using System.Net;
using System.Text.Json.Nodes;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary><c>--big-tcp</c> given and taken back. Pods keep what they were made with, so their large packets must arrive over every way.</summary>
public sealed class BigTcpSwitchTests
{
    private const int Bytes = 32 << 20;

    [Fact]
    public async Task Switched_off_the_uplink_is_as_before_and_pods_of_before_go_on_also_over_tunnels()
    {
        await using var lab = await LabCluster.CreateAsync(new LabOptions { StartAgents = false });
        await lab.StartAgentsAsync("direct", "--big-tcp=true");
        LabPod[] pods = [await lab.AddPodAsync(lab.Nodes[0], "a1"), await lab.AddPodAsync(lab.Nodes[1], "b1")];
        AssertSizes(BigTcpLab.Big, lab.Nodes[0], pods[0]);

        await lab.RestartAgentsAsync("direct");
        var later = await lab.AddPodAsync(lab.Nodes[0], "a2");
        AssertSizes(BigTcpLab.Default, lab.Nodes[0], later);
        AssertSizes(BigTcpLab.Big, pods);
        await TransferAsync(pods[0], pods[1]);

        await lab.RestartAgentsAsync("vxlan");
        await TransferAsync(pods[0], pods[1]);
        // Packets of at most 64 KiB never see the VXLAN device, larger ones leave it as segments.
        Assert.All(lab.Nodes, n => Assert.True(OverlaySent(n) > 1000, $"{n.Name}: {OverlaySent(n)} packets"));
    }

    [Fact]
    public async Task With_a_node_behind_a_tunnel_it_is_not_in_use_and_the_agent_says_so()
    {
        await using var lab = await LabCluster.CreateAsync(new LabOptions { RoutedNodes = 1, Routing = "auto", AgentArguments = ["--big-tcp=true"] });
        foreach (var node in lab.Nodes)
        {
            await Wait.UntilAsync($"{node.Name} tells of the tunnel", TimeSpan.FromSeconds(10), async () =>
                (await node.HttpAsync(new IPEndPoint(IPAddress.Loopback, LabNode.HealthPort), "/readyz")).Body.Contains("[!] --big-tcp is not in use: node node-", StringComparison.Ordinal));
            AssertSizes(BigTcpLab.Default, node, await lab.AddPodAsync(node, $"pod-{node.Name}"));
        }
    }

    private static void AssertSizes(OffloadSizes sizes, params LabHost[] hosts) => Assert.All(hosts, h => Assert.Equal(sizes, BigTcpLab.Of(h, "eth0")));

    private static async Task TransferAsync(LabPod from, LabPod to)
    {
        foreach (var ipv6 in (bool[])[false, true])
        {
            await from.TransferAsync(to.MirrorEndPoint(ipv6), Bytes);
        }
    }

    /// <summary>Packets.</summary>
    private static long OverlaySent(LabNode node) =>
        JsonNode.Parse(node.Run("ip", "-s", "-j", "link", "show", "nw_overlay").Checked().Output)![0]!["stats64"]!["tx"]!["packets"]!.GetValue<long>();
}
