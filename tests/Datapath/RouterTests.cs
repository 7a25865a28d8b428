namespace Netweir.Datapath.Tests;

/// <summary>What a router owes the sender: hop limits and packet sizes.</summary>
public sealed class RouterTests
{
    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Last_hop_is_answered_with_the_packet_that_the_pod_sent(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var datagram = Net.Udp(net.A1, 4000, net.Vip, 53).Ttl(1);
        PacketAssert.Equal(
            Packet.TimeExceeded(net.NodeA, net.A1, datagram, net.HeaderSize + 8).AsAnswerTo(datagram),
            cluster.A.FromPod(datagram).Answered(DropReason.TtlExceeded));
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80).Ttl(1);
        PacketAssert.Equal(
            Packet.TimeExceeded(net.NodeA, net.A1, syn, net.HeaderSize + 20).AsAnswerTo(syn),
            cluster.A.FromPod(syn).Answered(DropReason.TtlExceeded));
        cluster.A.FromPod(syn.Ttl(2)).ToWire();
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Packet_larger_than_the_way_is_refused_with_what_the_way_takes(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        foreach (var to in new[] { Net.At(net.B1, 5353), Net.At(net.Vip, 53) })
        {
            var fits = Sized(net, to, cluster.Mtu);
            cluster.A.FromPod(fits).ToWire();
            var large = Sized(net, to, cluster.Mtu + 1);
            PacketAssert.Equal(
                Packet.TooBig(net.NodeA, net.A1, (ushort)cluster.Mtu, large, net.HeaderSize + 8).AsAnswerTo(large),
                cluster.A.FromPod(large).Answered(DropReason.TooBig));
        }
    }

    [Fact]
    public void Large_packet_that_may_be_cut_is_left_to_the_host_stack()
    {
        using var cluster = new Cluster(routing: IpcacheRouting.Vxlan);
        var large = Sized(cluster.Net, Net.At(cluster.Net.B1, 53), cluster.Mtu + 1).DontFragment(false);
        PacketAssert.Equal(large.FromPod(), cluster.A.FromPod(large).ToStack());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Offloaded_packet_counts_by_its_segments(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var large = Net.Tcp(net.A1, 4000, net.B1, 80).Payload(PacketBytes.Pattern(3000));
        large = net.IsIPv6 ? large : large.DontFragment();
        cluster.A.FromPod(large).Answered(DropReason.TooBig);
        var headers = net.HeaderSize + TcpHeader.MinimumSize;
        var most = (uint)(Cluster.DirectMtu - headers);
        PacketAssert.Equal(large.Forwarded().FromPod(), cluster.A.FromPod(large, gsoSize: most).ToWire());
        cluster.A.FromPod(large, gsoSize: most + 1).Answered(DropReason.TooBig);
        var timestamps = large.TcpOptions(new byte[40]);
        cluster.A.FromPod(timestamps, gsoSize: most - 40).ToWire();
        cluster.A.FromPod(timestamps, gsoSize: most - 39).Answered(DropReason.TooBig);
        var datagrams = Net.Udp(net.A1, 4000, net.B1, 53, new string('x', 3000));
        datagrams = net.IsIPv6 ? datagrams : datagrams.DontFragment();
        cluster.A.FromPod(datagrams, gsoSize: most + 12).ToWire();
        cluster.A.FromPod(datagrams, gsoSize: most + 13).Answered(DropReason.TooBig);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Unreachable_node_is_told(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Place(net.PodsB, IpcacheKind.RemotePods, routing: IpcacheRouting.None);
        var packet = Net.Udp(net.A1, 4000, net.B1, 53);
        var (type, code) = net.IsIPv6 ? ((byte)1, (byte)0) : ((byte)3, (byte)0);
        PacketAssert.Equal(
            Packet.IcmpError(type, code, net.NodeA, net.A1, packet, 0, net.HeaderSize + 8).AsAnswerTo(packet),
            cluster.A.FromPod(packet).Answered(DropReason.NoRoute));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Moved_pod_is_found_when_the_epoch_changes(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        cluster.A.FromPod(syn).ToPod(Device.Pod2);
        cluster.A.FromPod(syn.Ack()).ToPod(Device.Pod2);
        cluster.A.Pod(net.A2, Device.Pod3);
        cluster.A.FromPod(syn.Ack()).ToPod(Device.Pod3);
        cluster.A.Endpoints.Remove(Address.Parse(net.A2));
        cluster.A.NewEpoch();
        cluster.A.FromPod(syn.Ack()).Answered(DropReason.NoSuchPod);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Known_way_does_not_excuse_another_interface(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        cluster.A.FromPod(syn).ToWire();
        cluster.A.FromPod(syn.Ack(), Device.Pod2).Dropped(DropReason.SpoofedSource);
        cluster.A.FromPod(syn.Ack()).ToWire();
    }

    private static Packet Sized(Net net, string to, int size)
    {
        var packet = Packet.Udp(Net.At(net.A1, 4000), to).Payload(PacketBytes.Pattern(size - net.HeaderSize - 8));
        return net.IsIPv6 ? packet : packet.DontFragment();
    }
}
