namespace Netweir.Datapath.Tests;

/// <summary>ICMP errors about flows that were translated.</summary>
public sealed class IcmpErrorTests
{
    public static TheoryData<Family, int> QuotedBytes => new() { { Family.IPv4, 28 }, { Family.IPv4, 1000 }, { Family.IPv6, 48 }, { Family.IPv6, 1000 } };

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Pod_speaks_of_its_own_flows_only(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var others = Net.Syn(net.A2, 4000, net.World, 80);
        cluster.A.FromPod(others, Device.Pod2).ToWire();
        cluster.A.FromPod(Packet.TimeExceeded(net.A1, net.A2, others)).Dropped(DropReason.SpoofedSource);
    }

    [Theory, MemberData(nameof(QuotedBytes))]
    public void Router_tells_a_pod_that_its_masqueraded_packet_is_too_big(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        foreach (var packet in new[] { Net.Tcp(net.A1, 4000, net.World, 443).Payload("segment"), Net.Udp(net.A1, 4000, net.World, 53) })
        {
            var sent = cluster.A.FromPod(packet).ToWire();
            var error = Packet.TooBig(net.Router, net.NodeA, 1400, sent.Ttl(60), quoted);
            var received = cluster.A.FromNetdev(error).ToPod(Device.Pod1);
            PacketAssert.Equal(
                Packet.TooBig(net.Router, net.A1, 1400, packet.Ttl(60), quoted).FromGateway().WithoutEmbeddedChecksum(),
                received.WithoutEmbeddedChecksum());
        }
    }

    /// <summary>Only echo has an identifier where others have something else.</summary>
    [Theory, MemberData(nameof(QuotedBytes))]
    public void Error_about_an_icmp_message_that_is_no_echo_keeps_what_it_quotes(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var message = Packet.Icmp(family == Family.IPv6 ? (byte)200 : (byte)13, 0, net.A1, net.World, 0x1234_5678).Payload("0123456789ab");
        var sent = cluster.A.FromPod(message).ToWire();
        var error = Packet.TimeExceeded(net.Router, net.NodeA, sent.Ttl(1), quoted);
        var received = cluster.A.FromNetdev(error).ToPod(Device.Pod1);
        PacketAssert.Equal(
            Packet.TimeExceeded(net.Router, net.A1, message.Ttl(1), quoted).FromGateway().WithoutEmbeddedChecksum(), received.WithoutEmbeddedChecksum());
    }

    [Theory, MemberData(nameof(QuotedBytes))]
    public void Router_tells_a_pod_that_its_masqueraded_ping_died(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var ping = Packet.Ping(net.A1, net.World, 7, 1).Payload("payload");
        var sent = cluster.A.FromPod(ping).ToWire();
        var received = cluster.A.FromNetdev(Packet.TimeExceeded(net.Router, net.NodeA, sent.Ttl(1), quoted)).ToPod(Device.Pod1);
        PacketAssert.Equal(
            Packet.TimeExceeded(net.Router, net.A1, ping.Ttl(1), quoted).FromGateway().WithoutEmbeddedChecksum(),
            received.WithoutEmbeddedChecksum());
    }

    [Theory, MemberData(nameof(QuotedBytes))]
    public void Backend_refuses_a_port_in_the_name_of_the_service(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var received = cluster.Carry(cluster.A.FromPod(packet));
        var error = Packet.PortUnreachable(net.B1, net.A1, received, quoted);
        var answer = cluster.A.FromNetdev(cluster.B.FromPod(error).ToWire()).ToPod(Device.Pod1);
        PacketAssert.Equal(
            Packet.PortUnreachable(net.Vip, net.A1, packet.Forwarded(), quoted).Forwarded().FromGateway().WithoutEmbeddedChecksum(),
            answer.WithoutEmbeddedChecksum());
    }

    [Theory, MemberData(nameof(QuotedBytes))]
    public void Local_backend_refuses_a_port_to_a_host_client(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A1, 5353);
        var packet = Net.Udp(net.NodeA, 4000, net.Vip, 53);
        var received = cluster.A.FromHost(packet).ToPod(Device.Pod1);
        var answer = cluster.A.FromPod(Packet.PortUnreachable(net.A1, net.NodeA, received, quoted)).ToHost();
        PacketAssert.Equal(
            Packet.PortUnreachable(net.Vip, net.NodeA, packet, quoted).Mac(TestNode.NetMac, TestNode.HostMac).WithoutEmbeddedChecksum(),
            answer.WithoutEmbeddedChecksum());
    }

    [Theory, MemberData(nameof(QuotedBytes))]
    public void Client_tells_the_backend_that_its_answer_is_too_big(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var received = cluster.Carry(cluster.A.FromPod(syn));
        var answer = cluster.A.FromNetdev(received.Reply()).ToPod(Device.Pod1);
        var sent = cluster.A.FromPod(Packet.TooBig(net.A1, net.Vip, 1300, answer, quoted)).ToWire();
        PacketAssert.Equal(
            Packet.TooBig(net.A1, net.B1, 1300, received.Reply(), quoted).Forwarded().FromPod().WithoutEmbeddedChecksum(),
            sent.WithoutEmbeddedChecksum());
    }

    [Theory, MemberData(nameof(QuotedBytes))]
    public void Router_tells_a_pod_about_a_flow_translated_on_both_sides(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.World, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var sent = cluster.A.FromPod(packet).ToWire();
        var received = cluster.A.FromNetdev(Packet.TooBig(net.Router, net.NodeA, 1280, sent, quoted)).ToPod(Device.Pod1);
        PacketAssert.Equal(
            Packet.TooBig(net.Router, net.A1, 1280, packet.Forwarded(), quoted).FromGateway().WithoutEmbeddedChecksum(),
            received.WithoutEmbeddedChecksum());
    }

    [Theory, MemberData(nameof(QuotedBytes))]
    public void Pod_refuses_a_late_answer_from_the_world_as_the_node(Family family, int quoted)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var sent = cluster.A.FromPod(Net.Udp(net.A1, 4000, net.World, 53)).ToWire();
        var late = cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        var error = cluster.A.FromPod(Packet.PortUnreachable(net.A1, net.World, late, quoted)).ToWire();
        PacketAssert.Equal(
            Packet.PortUnreachable(net.NodeA, net.World, sent.Reply(), quoted).Forwarded().FromPod().WithoutEmbeddedChecksum(),
            error.WithoutEmbeddedChecksum());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Error_that_quotes_garbage_is_left_alone(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var sent = cluster.A.FromPod(Net.Udp(net.A1, 4000, net.World, 53)).ToWire();
        var whole = Packet.TooBig(net.Router, net.NodeA, 1400, sent);
        var quote = (sent with { Ethernet = null }).Serialize();
        var l4 = net.HeaderSize;
        foreach (var garbage in new[]
        {
            [],
            quote[..8],
            quote[..(l4 + 7)],
            Changed(quote, 0, 0),
            Changed(quote, 0, (byte)(quote[0] ^ 0x30)),
            Changed(quote, net.IsIPv6 ? 6 : 9, 47),
            Changed(quote, l4 + 1, 1),
            Changed(quote, l4 - 1, 1),
        })
        {
            var error = whole with { Embedded = null, Payload = new PacketBytes(garbage) };
            var (verdict, drops) = cluster.A.RunBytes(Hook.FromNetdev, error.Serialize(), Device.Uplink);
            Assert.True(verdict == Outcome.Ok && drops.Count == 0, $"verdict {verdict} for a quote of {Convert.ToHexStringLower(garbage)}");
        }
    }

    [Fact]
    public void Error_about_a_header_that_overlaps_the_ports_is_left_alone()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        var flow = Net.Udp(net.A1, 4000, net.World, 53);
        var port = cluster.A.FromPod(flow).ToWire().SourcePort();
        var quote = (Net.Udp(net.NodeA, port, net.World, 53) with { Ethernet = null }).Serialize();
        quote[0] = 0x41; // a header of 4 bytes: ports would be read from the identification
        quote[4] = (byte)(port >> 8);
        quote[5] = (byte)port;
        quote[6] = 0;
        quote[7] = 53;
        var error = Packet.TooBig(net.Router, net.NodeA, 1400, flow) with { Embedded = null, Payload = new PacketBytes(quote) };
        cluster.A.FromNetdev(error).Unchanged();
        Assert.Equal(Outcome.Ok, cluster.A.FromNetdev(error).Verdict);
    }

    private static byte[] Changed(byte[] bytes, int at, byte value)
    {
        var copy = (byte[])bytes.Clone();
        copy[at] = value;
        return copy;
    }
}
