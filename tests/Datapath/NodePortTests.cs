namespace Netweir.Datapath.Tests;

/// <summary>Services at the node's own addresses.</summary>
public sealed class NodePortTests
{
    private const int Port = 30080;

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Outside_client_reaches_a_local_pod_as_itself(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        var syn = Net.Syn(net.World, 4000, net.NodeA, Port);
        var received = cluster.A.FromNetdev(syn).ToPod(Device.Pod1);
        PacketAssert.Equal(syn.To(Net.At(net.A1, 8080)).FromGateway(), received);
        var answer = cluster.A.FromPod(received.Reply()).ToWire();
        PacketAssert.Equal(syn.Reply().Forwarded().FromPod(), answer);
        Assert.Equal(net.A1, cluster.A.FromNetdev(syn.Ack()).ToPod(Device.Pod1).Destination());
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Outside_client_reaches_a_remote_pod_as_the_node(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.B1, 8080);
        var syn = Net.Syn(net.World, 4000, net.NodeA, Port);
        var received = cluster.B.FromNetdev(cluster.A.FromNetdev(syn).ToWire()).ToPod(Device.Pod1);
        Assert.Equal((net.NodeA, net.B1), (received.Source(), received.Destination()));
        Assert.InRange(received.SourcePort(), Cluster.PortMin, Cluster.PortMax);
        var answer = cluster.A.FromNetdev(cluster.B.FromPod(received.Reply()).ToWire()).ToWire();
        Assert.Equal((net.NodeA, net.World), (answer.Source(), answer.Destination()));
        Assert.Equal(Port, answer.SourcePort());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Outside_client_reaches_a_host_network_backend_as_itself(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.NodeA, 8080);
        var syn = Net.Syn(net.World, 4000, net.NodeA, Port);
        var received = cluster.A.FromNetdev(syn).ToStack();
        PacketAssert.Equal(syn.To(Net.At(net.NodeA, 8080)).Mac(TestNode.RouterMac, TestNode.UplinkMac), received);
        PacketAssert.Equal(syn.Reply().Mac(TestNode.UplinkMac, TestNode.RouterMac), cluster.A.ToNetdev(received.Reply()).ToStack());
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Pod_of_another_node_reaches_pods_behind_it(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        var service = cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        var syn = Net.Syn(net.B1, 4000, net.NodeA, Port);
        var received = cluster.A.FromNetdev(cluster.B.FromPod(syn).ToWire()).ToPod(Device.Pod1);
        Assert.Equal((net.B1, net.A1), (received.Source(), received.Destination()));
        var answer = cluster.B.FromNetdev(cluster.A.FromPod(received.Reply()).ToWire()).ToPod(Device.Pod1);
        Assert.Equal((net.NodeA, Port), (answer.Source(), answer.SourcePort()));

        service.Remove(0);
        service.Backend(net.B2, 8080);
        var second = Net.Syn(net.B1, 4001, net.NodeA, Port);
        var there = cluster.B.FromNetdev(cluster.A.FromNetdev(cluster.B.FromPod(second).ToWire()).ToWire()).ToPod(Device.Pod2);
        Assert.Equal(net.NodeA, there.Source());
        var back = cluster.A.FromNetdev(cluster.B.FromPod(there.Reply(), Device.Pod2).ToWire()).ToWire();
        Assert.Equal((net.NodeA, Port), (Cluster.Inside(back).Source(), Cluster.Inside(back).SourcePort()));
        Assert.Equal(net.B1, cluster.B.FromNetdev(back).ToPod(Device.Pod1).Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Pod_reaches_its_own_nodes_port_as_itself(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port, IpProtocol.Udp).Backend(net.A2, 53);
        var packet = Net.Udp(net.A1, 4000, net.NodeA, Port);
        var received = cluster.A.FromPod(packet).ToPod(Device.Pod2);
        PacketAssert.Equal(packet.To(Net.At(net.A2, 53)).FromGateway(Device.Pod2), received);
        PacketAssert.Equal(packet.Reply().FromGateway(), cluster.A.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Host_reaches_its_own_port_through_the_loopback(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.B1, 8080);
        var syn = Net.Syn(net.NodeA, 4000, net.NodeA, Port);
        var handedOver = cluster.A.FromLoopback(syn);
        Assert.Equal(Outcome.Redirect, handedOver.Verdict);
        PacketAssert.Equal(syn.Mac(TestNode.HostMac, TestNode.NetMac), handedOver.Packet);
        var received = cluster.Carry(cluster.A.FromHost(handedOver.Packet));
        Assert.Equal((net.NodeA, net.B1), (received.Source(), received.Destination()));
        var answer = cluster.A.FromNetdev(cluster.B.FromPod(received.Reply()).ToWire()).ToHost();
        PacketAssert.Equal(syn.Reply().Forwarded().Mac(TestNode.NetMac, TestNode.HostMac), answer);
        Assert.Equal(Outcome.Redirect, cluster.A.FromLoopback(syn.Ack()).Verdict);
    }

    [Fact]
    public void Host_reaches_its_port_at_127_0_0_1()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        var syn = Net.Syn("127.0.0.1", 4000, "127.0.0.1", Port);
        cluster.A.FromLoopback(syn).Unchanged().ToStack();
        cluster.A.Place("127.0.0.0/8", IpcacheKind.Host);
        var received = cluster.A.FromHost(cluster.A.FromLoopback(syn).Packet).ToPod(Device.Pod1);
        Assert.Equal(net.NodeA, received.Source());
        PacketAssert.Equal(syn.Reply().Mac(TestNode.NetMac, TestNode.HostMac), cluster.A.FromPod(received.Reply()).ToHost());
    }

    [Fact]
    public void Host_port_at_127_0_0_1_is_not_the_one_at_the_node_address()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        cluster.A.Service("127.0.0.1", 5000).Backend(net.A1, 8080);
        cluster.A.Service(net.NodeA, 5000).Backend(net.A2, 8080);
        var local = Net.Syn(net.NodeA, 4000, "127.0.0.1", 5000);
        Assert.Equal(net.A1, cluster.A.FromHost(cluster.A.FromLoopback(local).Packet).ToPod(Device.Pod1).Destination());
        var own = Net.Syn(net.NodeA, 4000, net.NodeA, 5000);
        Assert.Equal(net.A2, cluster.A.FromHost(cluster.A.FromLoopback(own).Packet).ToPod(Device.Pod2).Destination());
        Assert.Equal(net.A2, cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.NodeA, 5000)).ToPod(Device.Pod2).Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void What_is_not_for_a_frontend_stays_the_hosts(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        foreach (var packet in (Packet[])[
            Net.Syn(net.World, 4000, net.NodeA, 22),
            Net.Tcp(net.World, 4000, net.NodeA, 22),
            Net.Tcp(net.World, 4000, net.NodeA, Port),
            Net.Udp(net.World, 4000, net.NodeA, Port),
            Packet.Ping(net.World, net.NodeA),
            Net.Syn(net.World, 4000, net.Router, Port)])
        {
            cluster.A.FromNetdev(packet).Unchanged().ToStack();
            cluster.A.FromLoopback(packet.From(net.NodeA)).Unchanged().ToStack();
        }
        Assert.Equal(0, cluster.A.Conntrack.Count);
    }

    [Fact]
    public void Nobody_outside_reaches_127_0_0_1()
    {
        using var cluster = new Cluster();
        cluster.A.Place("127.0.0.0/8", IpcacheKind.Host).NodePort(cluster.Net, Port).Backend(cluster.Net.A1, 8080);
        cluster.A.FromNetdev(Net.Syn(cluster.Net.World, 4000, "127.0.0.1", Port)).Unchanged().ToStack();
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Lists_differ_for_clients_inside_and_outside(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.A1, 8080, inside: false).Backend(net.B1, 8080, outside: false);
        Assert.Equal(net.A1, cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.NodeA, Port)).ToPod(Device.Pod1).Destination());
        Assert.Equal(net.B1, cluster.A.FromPod(Net.Syn(net.A2, 4000, net.NodeA, Port), Device.Pod2).ToWire().Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Empty_list_for_outside_drops_or_refuses(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.B1, 8080, outside: false).With(FrontendFlag.OutsideDrop | FrontendFlag.OutsideLocal);
        cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.NodeA, Port)).Dropped(DropReason.NoLocalBackend);
        cluster.A.NodePort(net, Port + 1);
        var syn = Net.Syn(net.World, 4000, net.NodeA, Port + 1).Seq(7);
        var reset = cluster.A.FromNetdev(syn).Answered(DropReason.NoBackend);
        Assert.Equal((net.NodeA, net.World), (reset.Source(), reset.Destination()));
        Assert.True(((TcpHeader)reset.L4!).Flags.HasFlag(TcpFlags.Rst));
        cluster.A.NodePort(net, Port + 1, IpProtocol.Udp);
        var datagram = Net.Udp(net.World, 4000, net.NodeA, Port + 1);
        Assert.IsType<IcmpHeader>(cluster.A.FromNetdev(datagram).Answered(DropReason.NoBackend).L4);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Refusal_goes_back_through_the_tunnel(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port);
        var syn = Net.Syn(net.B1, 4000, net.NodeA, Port);
        var sent = cluster.A.FromNetdev(cluster.B.FromPod(syn).ToWire());
        Assert.Equal(Outcome.Redirect, sent.Verdict);
        var reset = cluster.B.FromNetdev(sent.Packet).ToPod(Device.Pod1);
        Assert.Equal((net.NodeA, net.B1), (reset.Source(), reset.Destination()));
        Assert.True(((TcpHeader)reset.L4!).Flags.HasFlag(TcpFlags.Rst));
    }

    /// <summary>The backend sees the client's own address and port in both cases: the answers would look the same.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Connection_past_the_service_from_the_same_client_port_gets_another_one(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        var syn = Net.Syn(net.NodeB, 4000, net.NodeA, Port);
        var throughService = cluster.A.FromNetdev(syn).ToPod(Device.Pod1);
        var direct = Net.Syn(net.NodeB, 4000, net.A1, 8080);
        var straight = cluster.A.FromNetdev(direct).ToPod(Device.Pod1);
        Assert.NotEqual(4000, straight.SourcePort());
        Assert.Equal(net.NodeB, straight.Source());
        Assert.Equal(Port, cluster.A.FromPod(throughService.Reply()).ToWire().SourcePort());
        var answer = cluster.A.FromPod(straight.Reply()).ToWire();
        Assert.Equal((net.A1, 8080), (answer.Source(), answer.SourcePort()));
        Assert.Equal(4000, ((PortHeader)answer.L4!).DestinationPort);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Outside_flow_leaves_a_dead_backend(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var tcp = cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        var udp = cluster.A.NodePort(net, Port, IpProtocol.Udp).Backend(net.A1, 53);
        var syn = Net.Syn(net.World, 4000, net.NodeA, Port);
        var datagram = Net.Udp(net.World, 4000, net.NodeA, Port);
        cluster.A.FromNetdev(syn).ToPod(Device.Pod1);
        cluster.A.FromNetdev(datagram).ToPod(Device.Pod1);
        tcp.Replace(0, net.A2, 8080);
        udp.Replace(0, net.A2, 53);
        cluster.A.FromNetdev(syn.PshAck().Seq(9).AckNumber(9).Payload("x")).Answered(DropReason.BackendGone);
        Assert.Equal(net.A2, cluster.A.FromNetdev(datagram).ToPod(Device.Pod2).Destination());
        Assert.Equal(net.A2, cluster.A.FromNetdev(syn).ToPod(Device.Pod2).Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Fragments_from_outside_follow_their_first(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port, IpProtocol.Udp).Backend(net.A1, 53);
        var fragments = Net.Udp(net.World, 4000, net.NodeA, Port, new string('x', 3000)).FragmentInto(77, 1400);
        foreach (var fragment in fragments)
        {
            Assert.Equal(net.A1, cluster.A.FromNetdev(fragment).ToPod(Device.Pod1).Destination());
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Frames_for_another_host_are_not_ours(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        cluster.A.Service(net.Router, 80).Backend(net.A1, 8080);
        cluster.A.FromNetdevForOther(Net.Syn(net.World, 4000, net.NodeA, Port)).Unchanged().ToStack();
        cluster.A.FromNetdevForOther(Net.Tcp(net.World, 4000, net.Router, 80)).Unchanged().ToStack();
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Nobody_outside_speaks_for_this_node_or_its_pods(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        cluster.A.NodePort(net, Port, IpProtocol.Udp).Backend(net.A1, 53);
        foreach (var source in (string[])[net.NodeA, net.A2, net.NoPod])
        {
            cluster.A.FromNetdev(Net.Syn(source, 4000, net.NodeA, Port)).Dropped(DropReason.SpoofedSource);
        }
        Assert.Equal(0, cluster.A.Conntrack.Count);
        var datagram = Net.Udp(net.A2, 4000, net.NodeA, Port);
        cluster.A.FromPod(datagram, Device.Pod2).ToPod(Device.Pod1);
        cluster.A.FromNetdev(datagram).Dropped(DropReason.SpoofedSource);
    }

    /// <summary>Else anybody could end a connection with one SYN.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Forged_syn_does_not_move_a_connection(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.NodePort(net, Port).Backend(net.A1, 8080);
        var syn = Net.Syn(net.World, 4000, net.NodeA, Port);
        var received = cluster.A.FromNetdev(syn).ToPod(Device.Pod1);
        cluster.A.FromPod(received.Reply()).ToWire();
        cluster.A.FromNetdev(syn.Ack()).ToPod(Device.Pod1);
        service.Backend(net.A2, 8080).Terminate(0);
        cluster.A.FromNetdev(syn.Seq(12345)).ToPod(Device.Pod1);
        cluster.A.FromNetdev(syn.Ack()).ToPod(Device.Pod1);
    }

    /// <summary>The host stack answers the second datagram itself: as what it was sent to.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Datagrams_past_the_service_to_a_host_network_backend_keep_their_answers_apart(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port, IpProtocol.Udp).Backend(net.NodeA, 53);
        var service = Net.Udp(net.World, 4000, net.NodeA, Port);
        var direct = Net.Udp(net.World, 4000, net.NodeA, 53);
        var first = cluster.A.FromNetdev(service).ToStack();
        var second = cluster.A.FromNetdev(direct).ToStack();
        Assert.NotEqual(first.SourcePort(), second.SourcePort());
        Assert.Equal(Port, cluster.A.ToNetdev(first.Reply()).ToStack().SourcePort());
        var answer = cluster.A.ToNetdev(second.Reply()).ToStack();
        Assert.Equal((53, 4000), (answer.SourcePort(), ((PortHeader)answer.L4!).DestinationPort));
    }

    [Fact]
    public void Large_datagram_for_a_tunnel_is_fragmented_by_the_host_stack()
    {
        using var cluster = new Cluster(Family.IPv4, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port, IpProtocol.Udp).Backend(net.B1, 53);
        var packet = Net.Udp(net.World, 4000, net.NodeA, Port, new string('x', 1472));
        var sent = cluster.A.FromNetdev(packet).ToHost();
        Assert.Equal((net.NodeA, net.B1), (sent.Source(), sent.Destination()));
        cluster.A.FromNetdev(packet.DontFragment()).Answered(DropReason.TooBig);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Endpoint_that_is_another_nodes_tunnel_is_not_served(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        cluster.A.NodePort(net, Port, IpProtocol.Udp).Backend(net.NodeB, VxlanHeader.LinuxPort);
        cluster.A.FromNetdev(Net.Udp(net.World, 4000, net.NodeA, Port)).Dropped(DropReason.NotRoutable);
    }
}
