using Netweir.Maps;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Two nodes on a LAN and one behind its router, whose packets for pods the router would not know.</summary>
public sealed class AutoRoutingTests
{
    [Fact]
    public async Task Auto_is_direct_on_the_LAN_and_VXLAN_beyond_the_router()
    {
        await using var lab = await LabCluster.CreateAsync(new LabOptions { RoutedNodes = 1, Routing = "auto" });
        var pods = new List<LabPod>();
        foreach (var node in lab.Nodes)
        {
            pods.Add(await lab.AddPodAsync(node, $"pod-{node.Name}"));
        }

        await Wait.UntilAsync("the agents know all nodes", TimeSpan.FromSeconds(10), () => lab.Nodes.All(n => Ways(lab, n).Length == 2 * (lab.Nodes.Count - 1)));
        Assert.Equal(["node-b direct", "node-b direct", "node-c vxlan", "node-c vxlan"], Ways(lab, lab.Nodes[0]));
        Assert.Equal(["node-a vxlan", "node-a vxlan", "node-b vxlan", "node-b vxlan"], Ways(lab, lab.Nodes[2]));
        await AllReachAllAsync(pods);
    }

    /// <summary>Peer and way of each remote pod range, as the datapath has them.</summary>
    private static string[] Ways(LabCluster lab, LabNode node)
    {
        using var maps = NetweirMaps.OpenPinned(node.BpfRoot);
        return
        [
            .. from entry in maps.Ipcache.Entries()
               where entry.Value.Kind == (byte)IpcacheKind.RemotePods
               let address = entry.Value.Node.ToString()
               let peer = lab.Nodes.Single(n => n.IPv4.ToString() == address || n.IPv6.ToString() == address)
               let way = $"{peer.Name} {((IpcacheRouting)entry.Value.Routing).ToString().ToLowerInvariant()}"
               orderby way
               select way,
        ];
    }

    private static async Task AllReachAllAsync(List<LabPod> pods)
    {
        foreach (var (from, to) in pods.SelectMany(_ => pods, (from, to) => (from, to)).Where(p => p.from != p.to))
        {
            foreach (var ipv6 in (bool[])[false, true])
            {
                Assert.Equal(from.Address(ipv6), (await from.TcpAsync(to.EndPoint(ipv6))).Client.Address);
                await from.TransferAsync(to.MirrorEndPoint(ipv6), 500_000);
                Assert.Equal(from.Node.Address(ipv6), (await from.Node.UdpAsync(to.EndPoint(ipv6))).Client.Address);
            }
        }
    }
}
