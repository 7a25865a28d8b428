using System.Net;
using System.Net.Sockets;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Who reaches whom, over both families and protocols, and as whom.</summary>
public abstract class ConnectivityTests(LabFixture lab)
{
    private const int LargeTransfer = 2 * 1024 * 1024;
    private const int LargeDatagram = 6000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_reaches_a_pod_of_its_node_as_itself(bool ipv6) =>
        await ReachesAsync(lab.A1, lab.A2.EndPoint(ipv6), lab.A2, seenAs: lab.A1.Address(ipv6));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_reaches_a_pod_of_another_node_as_itself(bool ipv6)
    {
        await ReachesAsync(lab.A1, lab.B1.EndPoint(ipv6), lab.B1, seenAs: lab.A1.Address(ipv6));
        await ReachesAsync(lab.B2, lab.A2.EndPoint(ipv6), lab.A2, seenAs: lab.B2.Address(ipv6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_reaches_a_service_as_itself(bool ipv6)
    {
        await ReachesAsync(lab.A1, lab.OnlyA2.EndPoint(ipv6), lab.A2, seenAs: lab.A1.Address(ipv6));
        await ReachesAsync(lab.A1, lab.OnlyB1.EndPoint(ipv6), lab.B1, seenAs: lab.A1.Address(ipv6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_reaches_itself_through_its_service(bool ipv6)
    {
        Assert.Equal("a2", (await lab.A2.TcpAsync(lab.OnlyA2.EndPoint(ipv6))).Server);
        Assert.Equal("a2", (await lab.A2.UdpAsync(lab.OnlyA2.EndPoint(ipv6))).Server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_reaches_the_nodes_as_itself(bool ipv6)
    {
        foreach (var node in (LabNode[])[lab.NodeA, lab.NodeB])
        {
            var target = new IPEndPoint(node.Address(ipv6), ipv6 ? 9006 : 9004);
            await using var server = await Support.Traffic.EchoServer.StartAsync(node.Name, target, node.InNamespace);
            await ReachesAsync(lab.A1, target, node, seenAs: lab.A1.Address(ipv6));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_reaches_the_world_as_its_node(bool ipv6) =>
        await ReachesAsync(lab.A1, lab.Lab.Lan.World(ipv6), lab.Lab.Lan, seenAs: lab.NodeA.Address(ipv6));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_reaches_pods_with_its_InternalIP(bool ipv6)
    {
        await ReachesAsync(lab.NodeA, lab.A1.EndPoint(ipv6), lab.A1, seenAs: lab.NodeA.Address(ipv6));
        await ReachesAsync(lab.NodeA, lab.B1.EndPoint(ipv6), lab.B1, seenAs: lab.NodeA.Address(ipv6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_reaches_services_with_its_InternalIP(bool ipv6)
    {
        await ReachesAsync(lab.NodeA, lab.OnlyA2.EndPoint(ipv6), lab.A2, seenAs: lab.NodeA.Address(ipv6));
        await ReachesAsync(lab.NodeA, lab.OnlyB1.EndPoint(ipv6), lab.B1, seenAs: lab.NodeA.Address(ipv6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_reaches_the_world_and_other_hosts_untouched(bool ipv6)
    {
        await ReachesAsync(lab.NodeA, lab.Lab.Lan.World(ipv6), lab.Lab.Lan, seenAs: lab.NodeA.Address(ipv6));
        var target = new IPEndPoint(lab.NodeB.Address(ipv6), ipv6 ? 9016 : 9014);
        await using var server = await Support.Traffic.EchoServer.StartAsync(lab.NodeB.Name, target, lab.NodeB.InNamespace);
        await ReachesAsync(lab.NodeA, target, lab.NodeB, seenAs: lab.NodeA.Address(ipv6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Large_transfers_arrive_whole(bool ipv6)
    {
        await lab.A1.TransferAsync(lab.A2.MirrorEndPoint(ipv6), LargeTransfer);
        await lab.A1.TransferAsync(lab.B1.MirrorEndPoint(ipv6), LargeTransfer);
        await lab.A1.TransferAsync(lab.OnlyB1.MirrorEndPoint(ipv6), LargeTransfer);
        await lab.NodeA.TransferAsync(lab.B1.MirrorEndPoint(ipv6), LargeTransfer);
        await lab.NodeA.TransferAsync(lab.OnlyB1.MirrorEndPoint(ipv6), LargeTransfer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Large_datagrams_arrive_whole(bool ipv6)
    {
        foreach (var (from, to) in ((LabHost, IPEndPoint)[])
            [
                (lab.A1, lab.A2.EndPoint(ipv6)),
                (lab.A1, lab.B1.EndPoint(ipv6)),
                (lab.A1, lab.OnlyB1.EndPoint(ipv6)),
                (lab.A1, lab.Lab.Lan.World(ipv6)),
                (lab.NodeA, lab.B1.EndPoint(ipv6)),
                (lab.NodeA, lab.OnlyB1.EndPoint(ipv6)),
            ])
        {
            await from.UdpAsync(to, LargeDatagram);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_without_backends_refuses(bool ipv6)
    {
        foreach (var from in (LabHost[])[lab.A1, lab.NodeA])
        {
            Assert.Equal(SocketError.ConnectionRefused, await from.TcpErrorAsync(lab.Empty.EndPoint(ipv6)));
            Assert.Equal(SocketError.ConnectionRefused, await from.UdpErrorAsync(lab.Empty.EndPoint(ipv6)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_spreads_connections_over_its_backends(bool ipv6)
    {
        var load = await Support.Traffic.TcpLoad.RunAsync(new()
        {
            Target = lab.Spread.EndPoint(ipv6),
            RequestsPerSecond = 300,
            Duration = TimeSpan.FromSeconds(1),
            InNamespace = lab.A1.InNamespace,
        });
        Assert.True(load.Failed == 0, load.ToString());
        Assert.Equal(["a2", "b1", "b2"], load.ByServer.Keys);
        // 300 at random over three: fewer than 60 for one has a chance below 1e-6.
        Assert.True(load.ByServer.Values.Min() >= 60, load.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task First_packets_wait_for_their_neighbour(bool ipv6)
    {
        foreach (var (target, server) in ((IPEndPoint, LabHost)[])
            [(lab.Lab.Lan.World(ipv6), lab.Lab.Lan), (lab.B1.EndPoint(ipv6), lab.B1), (lab.OnlyB1.EndPoint(ipv6), lab.B1)])
        {
            lab.NodeA.Run("ip", ipv6 ? "-6" : "-4", "neigh", "flush", "dev", "eth0").Checked();
            Assert.Equal(server.Name, (await lab.A1.UdpAsync(target)).Server);
        }
    }

    private static async Task ReachesAsync(LabHost from, IPEndPoint target, LabHost server, IPAddress seenAs)
    {
        var tcp = await from.TcpAsync(target);
        Assert.Equal((server.Name, seenAs), (tcp.Server, tcp.Client.Address));
        var udp = await from.UdpAsync(target);
        Assert.Equal((server.Name, seenAs), (udp.Server, udp.Client.Address));
    }
}
