namespace Netweir.Support.Packets;

/// <summary>The other direction of a flow.</summary>
public static class PacketReplies
{
    private const uint FirstReplySequence = 1000;

    /// <summary>
    /// MAC addresses, addresses and ports swapped, hop limit 64. TCP: a SYN is answered by SYN+ACK, anything else by an empty ACK
    /// that continues the numbers. Echo requests become echo replies. In VXLAN the inner packet is answered and the outer one turned
    /// round. Payload stays, except TCP's.
    /// </summary>
    public static Packet Reply(this Packet packet)
    {
        var swapped = packet with
        {
            Ethernet = packet.Ethernet is { } e ? e with { Source = e.Destination, Destination = e.Source } : null,
            Ip = packet.NeedIp() with { Source = packet.NeedIp().Destination, Destination = packet.NeedIp().Source, Ttl = 64 },
            Trailer = default,
        };
        return packet.L4 switch
        {
            TcpHeader tcp => swapped with { L4 = Answer(tcp, packet.Payload.Length), Payload = default },
            UdpHeader udp when packet.Inner is { } inner => swapped with { L4 = udp, Inner = inner.Reply() },
            PortHeader ports => swapped with { L4 = Swap(ports) },
            IcmpHeader { IsEchoRequest: true } echo => swapped with { L4 = echo with { Type = echo.IsIcmp6 ? (byte)129 : (byte)0 } },
            _ => swapped,
        };
    }

    private static PortHeader Swap(PortHeader ports) =>
        ports with { SourcePort = ports.DestinationPort, DestinationPort = ports.SourcePort };

    private static TcpHeader Answer(TcpHeader tcp, int payloadLength)
    {
        var isSyn = tcp.Flags.HasFlag(TcpFlags.Syn);
        var isOpening = isSyn && !tcp.Flags.HasFlag(TcpFlags.Ack);
        var consumed = (uint)payloadLength + (isSyn ? 1u : 0) + (tcp.Flags.HasFlag(TcpFlags.Fin) ? 1u : 0);
        return (TcpHeader)Swap(tcp) with
        {
            Flags = isOpening ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Ack,
            Sequence = tcp.Flags.HasFlag(TcpFlags.Ack) ? tcp.Acknowledgment : FirstReplySequence,
            Acknowledgment = tcp.Sequence + consumed,
            Options = default,
            UrgentPointer = 0,
        };
    }
}
