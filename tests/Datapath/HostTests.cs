namespace Netweir.Datapath.Tests;

/// <summary>Hosts as clients and as backends, and pods that reach themselves.</summary>
public sealed class HostTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Pod_reaches_itself_through_a_service(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A1, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var received = cluster.A.FromPod(syn).ToPod(Device.Pod1);
        Assert.Equal(net.NodeA, received.Source());
        Assert.InRange(received.SourcePort(), Cluster.PortMin, Cluster.PortMax);
        PacketAssert.Equal(syn.From(Net.At(net.NodeA, received.SourcePort())).To(Net.At(net.A1, 8080)).FromGateway(), received);
        PacketAssert.Equal(syn.Reply().FromGateway(), cluster.A.FromPod(received.Reply()).ToPod(Device.Pod1));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Host_reaches_a_local_pod_through_a_service(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A1, 8080);
        var syn = Net.Syn(net.NodeA, 4000, net.Vip, 80);
        var received = cluster.A.FromHost(syn).ToPod(Device.Pod1);
        Assert.Equal(net.NodeA, received.Source());
        Assert.InRange(received.SourcePort(), Cluster.PortMin, Cluster.PortMax);
        Assert.Equal(net.A1, received.Destination());
        PacketAssert.Equal(syn.Reply().Mac(TestNode.NetMac, TestNode.HostMac), cluster.A.FromPod(received.Reply()).ToHost());
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Host_reaches_a_remote_pod_through_a_service(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var syn = Net.Syn(net.NodeA, 4000, net.Vip, 80);
        var received = cluster.Carry(cluster.A.FromHost(syn));
        Assert.Equal(net.NodeA, received.Source());
        var answer = cluster.A.FromNetdev(cluster.B.FromPod(received.Reply()).ToWire()).ToHost();
        PacketAssert.Equal(syn.Reply().Forwarded().Mac(TestNode.NetMac, TestNode.HostMac), answer);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Host_reaches_a_backend_on_itself_through_a_service(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.NodeA, 8080);
        var syn = Net.Syn(net.NodeA, 4000, net.Vip, 80);
        var received = cluster.A.FromHost(syn).ToHost();
        PacketAssert.Equal(syn.From(net.HostA).To(Net.At(net.NodeA, 8080)).Mac(TestNode.NetMac, TestNode.HostMac), received);
        PacketAssert.Equal(syn.Reply().Mac(TestNode.NetMac, TestNode.HostMac), cluster.A.FromHost(received.Reply()).ToHost());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Pod_reaches_a_backend_on_its_own_host_through_a_service(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.NodeA, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var received = cluster.A.FromPod(syn).ToStack();
        PacketAssert.Equal(syn.To(Net.At(net.NodeA, 8080)).FromPod(), received);
        PacketAssert.Equal(syn.Reply().FromGateway(), cluster.A.ToPod(received.Reply()).ToStack());
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Pod_reaches_a_backend_on_the_other_host_through_a_service(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.NodeB, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var atB = cluster.B.FromNetdev(cluster.A.FromPod(syn).ToWire());
        var received = cluster.IsTunnel ? atB.ToHost() : atB.ToStack();
        Assert.Equal(net.NodeB, received.Destination());
        Assert.Equal(net.A1, received.Source());
        var answer = cluster.A.FromNetdev(cluster.B.FromHost(received.Reply()).ToWire()).ToPod(Device.Pod1);
        PacketAssert.Equal(syn.Reply().Forwarded().FromGateway(), answer);
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Host_talks_to_a_remote_pod_with_its_own_address(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        var packet = Net.Udp(net.NodeA, 4000, net.B1, 53);
        var received = cluster.Carry(cluster.A.FromHost(packet));
        PacketAssert.Equal(packet.Forwarded().FromGateway(), received);
        var atA = cluster.A.FromNetdev(cluster.B.FromPod(received.Reply()).ToWire());
        var answer = cluster.IsTunnel ? atA.ToHost() : atA.ToStack();
        Assert.Equal(net.B1, answer.Source());
        Assert.Equal(0, cluster.A.Conntrack.Count + cluster.B.Conntrack.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Host_gets_answers_for_empty_services(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80);
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp);
        var syn = Net.Syn(net.NodeA, 4000, net.Vip, 80);
        PacketAssert.Equal(
            Answers.ResetOf(syn).Mac(TestNode.NetMac, TestNode.HostMac),
            cluster.A.FromHost(syn).Answered(DropReason.NoBackend));
        var datagram = Net.Udp(net.NodeA, 4000, net.Vip, 53);
        PacketAssert.Equal(
            Packet.PortUnreachable(net.Vip, net.NodeA, datagram, net.HeaderSize + 8).AsAnswerTo(datagram).Mac(TestNode.NetMac, TestNode.HostMac),
            cluster.A.FromHost(datagram).Answered(DropReason.NoBackend));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Pods_reach_backends_outside_of_the_cluster_as_the_node(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.World, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var sent = cluster.A.FromPod(syn).ToWire();
        Assert.Equal((net.NodeA, net.World), (sent.Source(), sent.Destination()));
        PacketAssert.Equal(syn.Reply().FromGateway(), cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1));
    }

    [Fact]
    public void Neighbour_discovery_between_the_pair_passes()
    {
        using var cluster = new Cluster();
        cluster.A.FromHost(Packet.Frame(EthernetHeader.TypeArp, PacketBytes.Pattern(28))).ToStack();
        cluster.A.FromHost(Packet.Icmp(135, 0, "fe80::1", "ff02::1:ff00:2").Payload(PacketBytes.Pattern(24))).ToStack();
    }
}
