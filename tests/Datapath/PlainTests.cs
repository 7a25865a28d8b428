namespace Netweir.Datapath.Tests;

/// <summary>Traffic between pods, and to addresses that need no service.</summary>
public sealed class PlainTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Local_pods_talk_without_state_and_without_change(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        Packet[] packets =
        [
            Net.Syn(net.A1, 4000, net.A2, 80),
            Net.Udp(net.A1, 4000, net.A2, 53),
            Packet.Sctp(Net.At(net.A1, 4000), Net.At(net.A2, 80)).Payload("chunk"),
            Packet.Ping(net.A1, net.A2),
            Packet.Raw(47, net.A1, net.A2).Payload("any protocol"),
        ];
        foreach (var packet in packets)
        {
            var received = cluster.A.FromPod(packet).ToPod(Device.Pod2);
            PacketAssert.Equal(packet.Mac(TestNode.GatewayMac(Device.Pod2), TestNode.PodMac(Device.Pod2)), received);
        }
        Assert.Equal(0, cluster.A.Conntrack.Count);
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Pods_of_two_nodes_talk_without_state_and_lose_one_hop(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        Packet[] packets = [Net.Syn(net.A1, 4000, net.B1, 80), Net.Udp(net.A1, 4000, net.B1, 53), Packet.Ping(net.A1, net.B1)];
        foreach (var packet in packets)
        {
            var received = cluster.Carry(cluster.A.FromPod(packet));
            PacketAssert.Equal(packet.Forwarded().Mac(TestNode.GatewayMac(Device.Pod1), TestNode.PodMac(Device.Pod1)), received);
            var answer = cluster.A.FromNetdev(cluster.B.FromPod(received.Reply()).ToWire()).ToPod(Device.Pod1);
            PacketAssert.Equal(packet.Reply().Forwarded().Mac(TestNode.GatewayMac(Device.Pod1), TestNode.PodMac(Device.Pod1)), answer);
        }
        Assert.Equal(0, cluster.A.Conntrack.Count + cluster.B.Conntrack.Count);
    }
}
