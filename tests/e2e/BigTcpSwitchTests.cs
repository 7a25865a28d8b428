using System.Net;
using System.Text.Json.Nodes;
using Netweir.Maps;
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
    public async Task In_tunnels_they_are_from_the_InternalIP_also_where_the_kernel_prefers_another_address()
    {
        await using var lab = await LabCluster.CreateAsync(new LabOptions { Routing = "vxlan" });
        LabPod[] pods = [await lab.AddPodAsync(lab.Nodes[0], "a1"), await lab.AddPodAsync(lab.Nodes[1], "b1")];
        foreach (var (node, peer, pod) in (ReadOnlySpan<(LabNode, LabNode, LabPod)>)[(lab.Nodes[0], lab.Nodes[1], pods[0]), (lab.Nodes[1], lab.Nodes[0], pods[1])])
        {
            node.AddSecondAddresses();
            node.Run("ip", "route", "add", $"{peer.IPv4}/32", "dev", "eth0", "src", $"{node.SecondIPv4}").Checked();
            using var netlink = Rtnetlink.Open(pod.Namespace);
            netlink.Links.SetOffloadSizes(netlink.Links.Get("eth0").Index, BigTcpLab.Big);
        }

        await TransferAsync(pods[0], pods[1]);
        Assert.All(lab.Nodes, n => Assert.True(OverlaySent(n) > 1000, $"{n.Name}: {OverlaySent(n)} packets"));
        Assert.All(lab.Nodes, n => Assert.Equal((n.Name, 0), (n.Name, FromStrangers(n))));
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

    /// <summary>Packets in tunnels that the node refused, because it knows no such peer.</summary>
    private static long FromStrangers(LabNode node)
    {
        using var maps = NetweirMaps.OpenPinned(node.BpfRoot);
        return maps.Drops.Entries().Where(d => (DropReason)(d.Key / (uint)Hook.Max) == DropReason.UnknownTunnelPeer).Sum(d => d.Value.Sum(c => (long)c.Packets));
    }

    /// <summary>Packets.</summary>
    private static long OverlaySent(LabNode node) =>
        JsonNode.Parse(node.Run("ip", "-s", "-j", "link", "show", "nw_overlay").Checked().Output)![0]!["stats64"]!["tx"]!["packets"]!.GetValue<long>();
}
