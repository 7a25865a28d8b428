using System.Net;
using Netweir.Support.Packets;

namespace Netweir.Support.Tests.Packets;

public sealed class PacketChangesTests
{
    private static readonly Packet Syn = Packet.Tcp("10.0.1.2:4000", "10.96.0.10:80").Syn();

    [Fact]
    public void Change_leaves_the_original_alone()
    {
        var changed = Syn.From("10.0.1.9").To("10.0.2.2:8080").Ttl(3);
        Assert.Equal(Packet.Tcp("10.0.1.2:4000", "10.96.0.10:80").Syn(), Syn);
        Assert.Equal(Packet.Tcp("10.0.1.9:4000", "10.0.2.2:8080").Syn().Ttl(3), changed);
        Assert.Equal(IPAddress.Parse("10.0.1.9"), changed.Ip!.Source);
    }

    [Fact]
    public void Reply_continues_a_tcp_conversation()
    {
        var synAck = Syn.Seq(50).Ttl(9).Reply();
        Assert.Equal(Packet.Tcp("10.96.0.10:80", "10.0.1.2:4000").SynAck().Seq(1000).AckNumber(51).Mac("02:00:00:00:00:02", "02:00:00:00:00:01"), synAck);
        Assert.Equal(Syn.Ack().Seq(51).AckNumber(1001), synAck.Reply());
        var data = Syn.PshAck().Seq(51).AckNumber(1001).Payload("hello");
        Assert.Equal(synAck.Ack().Seq(1001).AckNumber(56), data.Reply());
        Assert.Equal(synAck.Ack().Seq(1001).AckNumber(57), data.Flags(TcpFlags.Fin | TcpFlags.Ack).Reply());
    }

    [Fact]
    public void Reply_answers_echo_and_udp_and_vxlan()
    {
        Assert.Equal(129, ((IcmpHeader)Packet.Ping("fd00::1", "fd00::2").Reply().L4!).Type);
        var udp = Packet.Udp("10.0.1.2:4000", "10.0.2.2:53").Payload("x");
        Assert.Equal(udp, udp.Reply().Reply());
        var outer = udp.InVxlan("172.18.0.2", "172.18.0.3", 1, 50000).Reply();
        Assert.Equal(udp.Reply(), outer.Inner);
        Assert.Equal(udp.Reply().InVxlan("172.18.0.3", "172.18.0.2", 1, 50000).Mac("02:00:00:00:00:02", "02:00:00:00:00:01"), outer);
    }

    [Fact]
    public void Quotation_of_28_bytes_holds_ports_and_claims_the_whole_length()
    {
        var packet = Syn.Payload(PacketBytes.Pattern(1000));
        var quoted = Packet.TooBig("10.0.1.1", "10.0.1.2", 1400, packet, 28).Embedded!;
        var cut = Assert.IsType<TruncatedHeader>(quoted.L4);
        Assert.Equal((4000, 80), (cut.SourcePort, cut.DestinationPort));
        Assert.Equal(1040, quoted.Ip!.LengthField);
        Assert.Equal(4, quoted.Payload.Length);
    }

    [Fact]
    public void Change_that_does_not_fit_the_packet_names_it()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Syn.FlowLabel(1));
        Assert.Equal($"This change needs a packet with IPv6Header, not: {Syn}", error.Message);
        Assert.Throws<ArgumentException>(() => Syn.Fragment(1, 7, true));
        Assert.Throws<ArgumentException>(() => Packet.Tcp("10.0.0.1:1", "[fd00::1]:1"));
    }
}
