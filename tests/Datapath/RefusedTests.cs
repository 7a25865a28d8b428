using System.Buffers.Binary;

namespace Netweir.Datapath.Tests;

/// <summary>What a pod may not send.</summary>
public sealed class RefusedTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Pod_sends_only_from_its_own_addresses(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        foreach (var source in new[] { net.A2, net.B1, net.NodeA, net.World, net.Vip, net.NoPod })
        {
            cluster.A.FromPod(Net.Udp(source, 4000, net.B1, 53)).Dropped(DropReason.SpoofedSource);
            cluster.A.FromPod(Packet.PortUnreachable(source, net.B1, Net.Udp(net.B1, 53, net.A1, 4000))).Dropped(DropReason.SpoofedSource);
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Multicast_and_link_local_are_not_routed(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.FromPod(Net.Udp(net.A1, 4000, net.Multicast, 5353)).Dropped(DropReason.NotRoutable);
        cluster.A.FromPod(Net.Udp(net.A1, 4000, net.LinkLocal, 53)).Dropped(DropReason.NotRoutable);
        var source = net.IsIPv6 ? "fe80::2" : "0.0.0.0";
        cluster.A.FromPod(Net.Udp(source, 68, net.LinkLocal, 67)).Dropped(DropReason.NotRoutable);
    }

    /// <summary>RFC 1122, 3.2.2 and RFC 4443, 2.4.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void What_came_to_or_from_many_is_not_answered(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Marked();
        cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.Vip, 80)).Answered(DropReason.NoBackend);
        cluster.A.FromNetdev(Net.Syn(net.Multicast, 4000, net.Vip, 80)).Dropped(DropReason.NoBackend);
        cluster.A.FromNetdev(Net.Udp(net.IsIPv6 ? "::" : "0.0.0.0", 4000, net.Vip, 53)).Dropped(DropReason.NoSuchPort);

        var broadcast = Net.Syn(net.World, 4000, net.Vip, 80).Mac(TestNode.RouterMac, new EthernetAddress(0xff_ff_ff_ff_ff_ff));
        cluster.A.Run(Hook.FromNetdev, broadcast, Device.Uplink).Dropped(DropReason.NoBackend);
    }

    [Fact]
    public void IPv6_redirect_is_not_answered()
    {
        using var cluster = new Cluster(Family.IPv6);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Marked();
        cluster.A.FromPod(Packet.Icmp(137, 0, net.A1, net.Vip)).Dropped(DropReason.NoSuchPort);
        cluster.A.FromPod(Packet.Icmp(138, 0, net.A1, net.Vip)).Answered(DropReason.NoSuchPort);
    }

    /// <summary>Senders in the world may be forged: the node must not flood somebody in their stead.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Answers_to_the_world_have_an_end(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80);
        cluster.A.Datapath.LimitAnswers(left: 1);
        var verdicts = Enumerable.Range(4000, 3).Select(port => cluster.A.FromNetdev(Net.Syn(net.World, port, net.Vip, 80)).Verdict).ToList();
        Assert.Equal([Outcome.Redirect, Outcome.Shot, Outcome.Shot], verdicts); // the hooks run on one CPU here

        cluster.A.Datapath.LimitAnswers(left: 0);
        cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.Vip, 80)).Dropped(DropReason.NoBackend);
        cluster.A.FromNetdev(Net.Syn(net.NodeB, 4000, net.Vip, 80)).Answered(DropReason.NoBackend);
        cluster.A.FromPod(Net.Syn(net.A1, 4000, net.Vip, 80)).Answered(DropReason.NoBackend);
    }

    [Fact]
    public void Loopback_of_the_host_is_not_reached()
    {
        using var cluster = new Cluster();
        cluster.A.FromPod(Net.Udp(cluster.Net.A1, 4000, "127.0.0.1", 10248)).Dropped(DropReason.NotRoutable);
        using var six = new Cluster(Family.IPv6);
        six.A.FromPod(Net.Udp(six.Net.A1, 4000, "::1", 10248)).Dropped(DropReason.NotRoutable);
    }

    [Fact]
    public void IPv6_packets_of_mapped_addresses_are_no_IPv4_packets()
    {
        using var cluster = new Cluster();
        var net = Net.V4;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        foreach (var to in new[] { net.A2, net.Vip, net.B1, net.World })
        {
            var packet = Packet.Udp(Net.At("::ffff:" + net.A1, 4000), Net.At("::ffff:" + to, 53)).Payload("mapped");
            cluster.A.FromPod(packet).Dropped(DropReason.NotRoutable);
            cluster.A.FromNetdev(packet).Unchanged().ToStack();
        }
        cluster.A.FromPod(Packet.Udp(Net.At(Net.V6.A1, 4000), Net.At("::ffff:" + net.A2, 53))).Dropped(DropReason.NotRoutable);
        Assert.Equal(0, cluster.A.Conntrack.Count);
    }

    [Fact]
    public void Frames_that_are_no_ip_are_dropped_from_pods()
    {
        using var cluster = new Cluster();
        var arp = Packet.Frame(EthernetHeader.TypeArp, PacketBytes.Pattern(28));
        cluster.A.FromPod(arp).Dropped(DropReason.NotIp);
        cluster.A.FromNetdev(arp).ToStack();
        cluster.A.ToPod(arp).ToStack();
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Every_cut_packet_is_malformed(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        foreach (var packet in new[] { Net.Udp(net.A1, 4000, net.A2, 53), Net.Syn(net.A1, 4000, net.A2, 80), Packet.Ping(net.A1, net.A2) })
        {
            var whole = packet.FromPod().Serialize();
            for (var length = EthernetHeader.Size + net.HeaderSize; length < whole.Length; length++) // the test run itself refuses shorter ones
            {
                AssertMalformed(cluster, whole[..length]);
            }
        }
    }

    [Fact]
    public void Lying_IPv4_headers_are_malformed()
    {
        using var cluster = new Cluster();
        var whole = Net.Udp(Net.V4.A1, 4000, Net.V4.A2, 53).FromPod().Serialize();
        foreach (var (at, value) in new[] { (14, 0x44), (14, 0x40), (14, 0x4f), (14, 0x65), (17, 19), (17, 20), (17, 27), (17, 37), (16, 0x10) })
        {
            var packet = (byte[])whole.Clone();
            packet[at] = (byte)value;
            AssertMalformed(cluster, packet);
        }
    }

    [Fact]
    public void Lying_IPv6_headers_are_malformed()
    {
        using var cluster = new Cluster(Family.IPv6);
        var whole = Net.Udp(Net.V6.A1, 4000, Net.V6.A2, 53).FromPod().Serialize();
        foreach (var (at, value) in new[] { (14, 0x40), (19, 0), (19, 7), (19, 17), (18, 1), (20, 0), (20, 43), (20, 60) })
        {
            var packet = (byte[])whole.Clone();
            packet[at] = (byte)value;
            AssertMalformed(cluster, packet);
        }
    }

    [Fact]
    public void Extension_headers_are_walked_up_to_a_limit()
    {
        using var cluster = new Cluster(Family.IPv6);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        for (var count = 1; count <= 5; count++)
        {
            packet = packet.Extension(new IPv6OptionsExtension(IPv6OptionsExtension.DestinationOptions));
            PacketAssert.Equal(packet.To(Net.At(net.A2, 5353)).FromGateway(Device.Pod2), cluster.A.FromPod(packet).ToPod(Device.Pod2));
        }
        for (var count = 6; count <= 9; count++)
        {
            packet = packet.Extension(new IPv6OptionsExtension(IPv6OptionsExtension.DestinationOptions));
            cluster.A.FromPod(packet).Dropped(DropReason.Malformed);
        }
        var wide = new IPv6OptionsExtension(IPv6OptionsExtension.HopByHop) { Body = PacketBytes.Pattern(606) };
        cluster.A.FromPod(Net.Udp(net.A1, 4000, net.Vip, 53).Extension(wide)).Dropped(DropReason.Malformed);
    }

    [Fact]
    public void IPv4_options_are_kept()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53).IpOptions(1, 1, 1, 0, 1, 1, 1, 0);
        PacketAssert.Equal(packet.To(Net.At(net.A2, 5353)).FromGateway(Device.Pod2), cluster.A.FromPod(packet).ToPod(Device.Pod2));
    }

    [Fact]
    public void Padding_after_the_packet_stays_out_of_it()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53, "x") with { Trailer = PacketBytes.Pattern(17) };
        PacketAssert.Equal(packet.To(Net.At(net.A2, 5353)).FromGateway(Device.Pod2), cluster.A.FromPod(packet).ToPod(Device.Pod2));
    }

    private static void AssertMalformed(Cluster cluster, byte[] packet)
    {
        var (verdict, drops) = cluster.A.RunBytes(Hook.FromPod, packet, Device.Pod1);
        Assert.True(
            verdict == Outcome.Shot && drops.SingleOrDefault() == DropReason.Malformed,
            $"verdict {verdict}, drops [{string.Join(", ", drops)}] for {packet.Length} bytes, type {BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(12)):x4}: {Convert.ToHexStringLower(packet)}");
    }
}
