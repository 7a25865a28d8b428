namespace Netweir.Datapath.Tests;

/// <summary>Pods and the world.</summary>
public sealed class MasqueradeTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Answer_to_the_world_comes_from_the_pod_that_was_called(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var answer = Net.Syn(net.A1, 8080, net.World, 4000).SynAck();
        Assert.Equal(net.A1, cluster.A.FromPod(answer).ToWire().Source());
        Assert.Equal(net.A1, cluster.A.FromPod(answer.PshAck().Payload("more")).ToWire().Source());
    }

    /// <summary>As its first packet was, before it became the node's: else a flow would change its way where routes depend on the source.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_flow_is_routed_by_the_address_of_its_pod(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.WorldForPods, 53);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(net.NodeA, cluster.A.FromPod(packet).ToWire().Source());
        }
    }

    /// <summary>As the node's word they would be about flows that the node does not have.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Reset_or_error_that_is_of_no_flow_does_not_leave_as_the_nodes(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.FromPod(Net.Tcp(net.A1, 4000, net.World, 443).Rst()).Dropped(DropReason.NotAFlow);
        cluster.A.FromPod(Net.Tcp(net.A1, 4000, net.World, 443).RstAck()).Dropped(DropReason.NotAFlow);
        cluster.A.FromPod(Packet.PortUnreachable(net.A1, net.World, Net.Udp(net.NodeA, Cluster.PortMin, net.World, 53))).Dropped(DropReason.NotAFlow);
        Assert.Equal(0, cluster.A.Conntrack.Count);

        var packet = Net.Syn(net.A1, 4000, net.World, 443);
        var port = cluster.A.FromPod(packet).ToWire().SourcePort();
        Assert.Equal(port, cluster.A.FromPod(packet.Rst()).ToWire().SourcePort());
    }

    /// <summary>A datagram's backend is gone, the next one is in the world, and the one port is in use there.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flow_that_gets_no_port_leaves_no_half_of_what_it_was(Family family)
    {
        using var cluster = new Cluster(family, configure: config => config with { SnatPortMax = Cluster.PortMin });
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        cluster.A.FromPod(packet).ToWire();
        cluster.A.FromPod(Net.Udp(net.A1, 4001, net.World, 5353)).ToWire();

        service.Replace(0, net.World, 5353);
        cluster.A.FromPod(packet).Dropped(DropReason.SnatExhausted);

        Assert.Null(cluster.A.EntryOf(packet));
        Assert.Equal(2, cluster.A.Conntrack.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flow_to_the_world_leaves_as_the_node_and_its_reply_comes_back(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        foreach (var packet in new[] { Net.Syn(net.A1, 4000, net.World, 443), Net.Udp(net.A1, 4000, net.World, 53) })
        {
            var sent = cluster.A.FromPod(packet).ToWire();
            var port = ((PortHeader)sent.L4!).SourcePort;
            Assert.InRange(port, Cluster.PortMin, Cluster.PortMax);
            PacketAssert.Equal(Sent(packet).From(Net.At(net.NodeA, port)).Forwarded(), sent);

            var answer = cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
            PacketAssert.Equal(packet.Reply().Mac(TestNode.GatewayMac(Device.Pod1), TestNode.PodMac(Device.Pod1)), answer);

            var again = packet.L4 is TcpHeader ? packet.Ack() : packet;
            Assert.Equal(port, ((PortHeader)cluster.A.FromPod(again).ToWire().L4!).SourcePort);
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Echo_is_masqueraded_by_its_identifier(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var ping = Packet.Ping(net.A1, net.World, id: 77, sequence: 3).Payload("timestamp");
        var sent = cluster.A.FromPod(ping).ToWire();
        var id = ((IcmpHeader)sent.L4!).Id;
        Assert.InRange(id, Cluster.PortMin, Cluster.PortMax);
        PacketAssert.Equal(Sent(Packet.Ping(net.NodeA, net.World, id, 3).Payload("timestamp")).Forwarded(), sent);
        var answer = cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        PacketAssert.Equal(ping.Reply().Mac(TestNode.GatewayMac(Device.Pod1), TestNode.PodMac(Device.Pod1)), answer);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Source_is_kept_where_nothing_is_masqueraded(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var packet = Net.Syn(net.A1, 4000, net.Office, 443);
        PacketAssert.Equal(Sent(packet).Forwarded(), cluster.A.FromPod(packet).ToWire());
        Assert.Equal(0, cluster.A.Conntrack.Count);

        using var unmasqueraded = new Cluster(family, configure: config => config with { MasqueradeIpv4 = 0, MasqueradeIpv6 = 0 });
        var toWorld = Net.Syn(net.A1, 4000, net.World, 443);
        PacketAssert.Equal(Sent(toWorld).Forwarded(), unmasqueraded.A.FromPod(toWorld).ToWire());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Two_pods_with_one_port_get_two_ports(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var first = cluster.A.FromPod(Net.Syn(net.A1, 4000, net.World, 443)).ToWire();
        var second = cluster.A.FromPod(Net.Syn(net.A2, 4000, net.World, 443), Device.Pod2).ToWire();
        Assert.NotEqual(((PortHeader)first.L4!).SourcePort, ((PortHeader)second.L4!).SourcePort);
        Assert.Equal(net.A1, cluster.A.FromNetdev(first.Reply()).ToPod(Device.Pod1).Ip!.Destination.ToString());
        Assert.Equal(net.A2, cluster.A.FromNetdev(second.Reply()).ToPod(Device.Pod2).Ip!.Destination.ToString());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Full_port_range_refuses_the_next_flow_and_gives_out_closed_ones(Family family)
    {
        const ushort Last = Cluster.PortMin + 3;
        using var cluster = new Cluster(family, configure: config => config with { SnatPortMax = Last });
        var net = cluster.Net;
        var flows = Enumerable.Range(4000, 4).Select(port => Net.Syn(net.A1, port, net.World, 443)).ToList();
        var ports = flows.Select(flow => ((PortHeader)cluster.A.FromPod(flow).ToWire().L4!).SourcePort).ToList();
        Assert.Equal([Cluster.PortMin, Cluster.PortMin + 1, Cluster.PortMin + 2, Last], ports.Order().Select(p => (int)p));

        var fifth = Net.Syn(net.A1, 4100, net.World, 443);
        cluster.A.FromPod(fifth).Dropped(DropReason.SnatExhausted);

        cluster.A.Change(flows[2], entry => entry with { Flags = entry.Flags | (uint)ConntrackFlag.Closing, LastSeen = entry.LastSeen - Seconds(11) });
        var sent = cluster.A.FromPod(fifth).ToWire();
        Assert.Equal(ports[2], ((PortHeader)sent.L4!).SourcePort);
        Assert.Null(cluster.A.EntryOf(flows[2]));
        PacketAssert.Equal(fifth.Reply().Mac(TestNode.GatewayMac(Device.Pod1), TestNode.PodMac(Device.Pod1)), cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Port_range_is_per_destination(Family family)
    {
        using var cluster = new Cluster(family, configure: config => config with { SnatPortMax = Cluster.PortMin });
        var net = cluster.Net;
        Assert.Equal(Cluster.PortMin, ((PortHeader)cluster.A.FromPod(Net.Syn(net.A1, 4000, net.World, 443)).ToWire().L4!).SourcePort);
        Assert.Equal(Cluster.PortMin, ((PortHeader)cluster.A.FromPod(Net.Syn(net.A1, 4000, net.World, 444)).ToWire().L4!).SourcePort);
        Assert.Equal(Cluster.PortMin, ((PortHeader)cluster.A.FromPod(Net.Udp(net.A1, 4000, net.World, 443)).ToWire().L4!).SourcePort);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flow_that_the_host_stack_routes_is_masqueraded_once_in_to_netdev(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.World, 53);
        var first = cluster.A.ToNetdev(packet).ToStack();
        var second = cluster.A.ToNetdev(packet).ToStack();
        Assert.Equal(net.NodeA, first.Ip!.Source.ToString());
        PacketAssert.Equal(first, second);
        PacketAssert.Equal(packet.Reply().Mac(TestNode.GatewayMac(Device.Pod1), TestNode.PodMac(Device.Pod1)), cluster.A.FromNetdev(first.Reply()).ToPod(Device.Pod1));
    }

    [Fact]
    public void Fragments_that_the_host_stack_made_leave_as_one_flow()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.World, 53, new string('x', 3000));
        var fragments = packet.FragmentInto(9, 1480);
        var sent = fragments.Select(fragment => cluster.A.ToNetdev(fragment).ToStack()).ToList();
        var whole = PacketFragments.Reassemble(sent);
        PacketAssert.Equal(packet.Reply().Payload("ok").Mac(TestNode.GatewayMac(Device.Pod1), TestNode.PodMac(Device.Pod1)), cluster.A.FromNetdev(whole.Reply().IpId(0).Payload("ok")).ToPod(Device.Pod1));
    }

    [Fact]
    public void Packet_that_the_host_stack_has_to_route_reaches_it_untranslated()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        var small = Net.Udp(net.A1, 4000, net.World, 53);
        var port = ((PortHeader)cluster.A.FromPod(small).ToWire().L4!).SourcePort;
        var large = Net.Udp(net.A1, 4000, net.World, 53, new string('x', 3000));
        PacketAssert.Equal(Sent(large), cluster.A.FromPod(large).ToStack());
        Assert.Equal(port, ((PortHeader)cluster.A.ToNetdev(small).ToStack().L4!).SourcePort);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Packet_larger_than_the_uplink_is_refused_when_it_may_not_be_cut(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var large = Net.Udp(net.A1, 4000, net.World, 53, new string('x', 1600));
        large = net.IsIPv6 ? large : large.DontFragment();
        cluster.A.FromPod(Net.Udp(net.A1, 4000, net.World, 53)).ToWire();
        var answer = cluster.A.FromPod(large).Answered(DropReason.TooBig);
        Assert.Equal(1500u, ((IcmpHeader)answer.L4!).Rest);
        Assert.Equal(net.A1, answer.Embedded!.Ip!.Source.ToString());
    }

    [Fact]
    public void Packet_to_the_world_with_one_hop_left_is_answered_untranslated()
    {
        foreach (var net in new[] { Net.V4, Net.V6 })
        {
            using var cluster = new Cluster(net.Family);
            var packet = Net.Udp(net.A1, 4000, net.World, 33434).Ttl(1);
            var answer = cluster.A.FromPod(packet).Answered(DropReason.TtlExceeded);
            PacketAssert.Equal(
                Packet.TimeExceeded(net.NodeA, net.A1, packet, net.HeaderSize + 8).AsAnswerTo(packet).WithoutEmbeddedChecksum(),
                answer.WithoutEmbeddedChecksum());
        }
    }

    private static Packet Sent(Packet packet) => packet.Mac(TestNode.PodMac(Device.Pod1), TestNode.GatewayMac(Device.Pod1));

    private static ulong Seconds(int count) => (ulong)count * 1_000_000_000;
}
