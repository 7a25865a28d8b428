namespace Netweir.Datapath.Tests;

/// <summary>Each CPU remembers what became of a flow's last packet, as long as nothing has changed that it followed from.</summary>
public sealed class KnownFlowTests
{
    private const int ClientPort = 4000;

    /// <summary>More than twice as many as a CPU has places for.</summary>
    private const int MoreThanPlaces = 2500;

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void A_flow_through_a_service_takes_the_replies_that_were_another_flows(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        // Of a connection that was there before us.
        var plain = Reply(net, net.B1, 8080);
        Assert.Equal(net.B1, Received(cluster, plain).Source());
        Assert.Equal(net.B1, Received(cluster, plain).Source());
        cluster.A.FromPod(Net.Syn(net.A1, ClientPort, net.Vip, 80)).ToWire();
        Assert.Equal(net.Vip, Received(cluster, plain).Source());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Datagrams_to_what_became_a_backend_are_told_from_those_to_its_service(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var direct = Net.Udp(net.A1, ClientPort, net.B1, 5353);
        cluster.A.FromPod(direct).ToWire();
        cluster.A.FromPod(direct).ToWire();
        Assert.Null(cluster.A.EntryOf(direct));
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        cluster.A.FromPod(direct).ToWire();
        Assert.NotNull(cluster.A.EntryOf(direct));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_known_flow_does_not_excuse_another_tunnel(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var packet = Net.Udp(net.B1, 5353, net.A1, ClientPort);
        for (var i = 0; i < 2; i++)
        {
            cluster.A.FromNetdev(Tunnelled(packet, Net.V4.NodeB)).ToPod(Device.Pod1);
            cluster.A.FromNetdev(Tunnelled(packet, Net.V4.World)).Dropped(DropReason.UnknownTunnelPeer);
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_known_flow_without_a_tunnel_does_not_excuse_one_from_nobody(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var packet = Net.Udp(net.B1, 5353, net.A1, ClientPort);
        for (var i = 0; i < 2; i++)
        {
            cluster.A.FromNetdev(packet).ToPod(Device.Pod1);
            cluster.A.FromNetdev(Tunnelled(packet, "0.0.0.0")).Dropped(DropReason.UnknownTunnelPeer);
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void The_last_packets_of_a_known_flow_end_it(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var syn = Net.Syn(net.A1, ClientPort, net.Vip, 80);
        cluster.A.FromPod(syn).ToWire();
        cluster.A.FromPod(syn.Ack()).ToWire();
        cluster.A.FromPod(syn.Ack()).ToWire();
        cluster.A.FromPod(syn.Rst()).ToWire();
        Assert.True(((ConntrackFlag)cluster.A.EntryOf(syn)!.Value.Flags).HasFlag(ConntrackFlag.Closing));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flows_that_share_a_place_are_not_mistaken_for_one_another(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        for (var i = 0; i < MoreThanPlaces; i++)
        {
            Assert.Equal(net.A2, cluster.A.FromPod(Net.Udp(net.A1, ClientPort, net.Vip, 53)).ToPod(Device.Pod2).Destination());
            Assert.Equal(net.B1, cluster.A.FromPod(Net.Udp(net.A1, 1024 + i, net.B1, 53)).ToWire().Destination());
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Datagrams_of_a_known_flow_follow_their_service_to_another_backend(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        var datagram = Net.Udp(net.A1, ClientPort, net.Vip, 53);
        cluster.A.FromPod(datagram).ToPod(Device.Pod2);
        cluster.A.FromPod(datagram).ToPod(Device.Pod2);
        service.Replace(0, net.B1, 5353);
        Assert.Equal(net.B1, cluster.A.FromPod(datagram).ToWire().Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Datagrams_to_this_node_go_to_a_service_once_it_has_their_port(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var datagram = Net.Udp(net.World, ClientPort, net.NodeA, 30053);
        PacketAssert.Equal(cluster.A.FromNetdev(datagram).ToStack(), cluster.A.FromNetdev(datagram).ToStack());
        cluster.A.NodePort(net, 30053, IpProtocol.Udp).Backend(net.A1, 5353);
        Assert.Equal(net.A1, cluster.A.FromNetdev(datagram).ToPod(Device.Pod1).Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void What_a_process_sends_comes_from_a_service_once_its_client_asked_that(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.NodePort(net, 30053, IpProtocol.Udp).Backend(net.NodeA, 5353);
        var answer = Net.Udp(net.NodeA, 5353, net.World, ClientPort);
        PacketAssert.Equal(cluster.A.ToNetdev(answer).ToStack(), cluster.A.ToNetdev(answer).ToStack());
        cluster.A.FromNetdev(Net.Udp(net.World, ClientPort, net.NodeA, 30053)).ToStack();
        Assert.Equal(30053, cluster.A.ToNetdev(answer).ToStack().SourcePort());
    }

    private static Packet Reply(Net net, string pod, int port) => Net.Syn(pod, port, net.A1, ClientPort).Ack();

    private static Packet Received(Cluster cluster, Packet packet) =>
        cluster.A.FromNetdev(cluster.IsTunnel ? Tunnelled(packet, Net.V4.NodeB) : packet).ToPod(Device.Pod1);

    private static Packet Tunnelled(Packet packet, string from) => packet.InVxlan(from, Net.V4.NodeA, Cluster.Vni, 40000, VxlanHeader.LinuxPort);
}
