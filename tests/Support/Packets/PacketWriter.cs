using System.Buffers.Binary;

namespace Netweir.Support.Packets;

internal static class PacketWriter
{
    public static byte[] Write(Packet packet)
    {
        var frame = new ByteWriter();
        if (packet.Ethernet is { } ethernet)
        {
            frame.Bytes(ethernet.Destination.ToBytes()).Bytes(ethernet.Source.ToBytes()).U16(EtherType(packet, ethernet));
        }
        if (packet.Ip is { } ip)
        {
            var segment = Segment(packet, ip);
            frame.Bytes(IpHeaderBytes(ip, L4Of(packet).Protocol, segment.Length)).Bytes(segment);
        }
        else
        {
            frame.Bytes(packet.Payload.Span);
        }
        return frame.Bytes(packet.Trailer.Span).ToArray();
    }

    /// <summary>The L4 header and what it carries.</summary>
    public static byte[] Segment(Packet packet, IpHeader ip)
    {
        var body = Body(packet);
        return L4Of(packet) switch
        {
            TcpHeader tcp => Checksummed(TcpBytes(tcp, body), 16, tcp.Checksum, ip, IpProtocol.Tcp),
            UdpHeader udp => Checksummed(UdpBytes(udp, body), 6, udp.Checksum, ip, IpProtocol.Udp),
            IcmpHeader icmp => Checksummed(IcmpBytes(icmp, body), 2, icmp.Checksum, icmp.IsIcmp6 ? ip : null, icmp.Protocol),
            SctpHeader sctp => SctpBytes(sctp, body),
            TruncatedHeader cut => new ByteWriter().U16(cut.SourcePort).U16(cut.DestinationPort).Bytes(body).ToArray(),
            _ => body,
        };
    }

    private static L4Header L4Of(Packet packet) =>
        packet.L4 ?? throw new InvalidOperationException($"The packet has IP but no L4 header: set {nameof(RawHeader)} for other protocols.");

    private static int EtherType(Packet packet, EthernetHeader ethernet) => ethernet.EtherType ?? packet.Ip switch
    {
        IPv4Header => EthernetHeader.TypeIPv4,
        IPv6Header => EthernetHeader.TypeIPv6,
        _ => throw new InvalidOperationException("The frame has neither IP nor an EtherType: set one of them."),
    };

    private static byte[] Body(Packet packet)
    {
        if (packet is { Vxlan: { } vxlan, Inner: { } inner })
        {
            return new ByteWriter().U32(0x0800_0000).U32(vxlan.Vni << 8).Bytes(inner.Serialize()).ToArray();
        }
        return packet.Embedded?.Serialize() ?? packet.Payload.ToArray();
    }

    private static byte[] IpHeaderBytes(IpHeader ip, byte protocol, int payloadLength) => ip switch
    {
        IPv4Header v4 => IPv4Bytes(v4, protocol, payloadLength),
        IPv6Header v6 => IPv6Bytes(v6, protocol, payloadLength),
        _ => throw new InvalidOperationException($"{ip.GetType().Name} cannot be written."),
    };

    private static byte[] IPv4Bytes(IPv4Header ip, byte protocol, int payloadLength)
    {
        var headerLength = IPv4Header.MinimumSize + Options(ip.Options);
        var fragment = (ip.DontFragment ? 0x4000 : 0) | (ip.MoreFragments ? 0x2000 : 0) | (ip.FragmentOffset / 8);
        var header = new ByteWriter()
            .U8(0x40 | (headerLength / 4)).U8(ip.Tos).U16(ip.LengthField ?? (headerLength + payloadLength))
            .U16(ip.Id).U16(fragment).U8(ip.Ttl).U8(protocol).U16(0)
            .Bytes(ip.Source.GetAddressBytes()).Bytes(ip.Destination.GetAddressBytes()).Bytes(ip.Options.Span)
            .ToArray();
        return ByteWriter.WithU16(header, 10, ip.Checksum ?? InternetChecksum.Finish(InternetChecksum.Sum(header)));
    }

    private static byte[] IPv6Bytes(IPv6Header ip, byte protocol, int payloadLength)
    {
        var types = ip.Extensions.Select(e => e.Type).Append(protocol).ToArray();
        var length = ip.LengthField ?? (ip.Extensions.Sum(e => e.Size) + payloadLength);
        var header = new ByteWriter()
            .U32((6u << 28) | ((uint)ip.Tos << 20) | (ip.FlowLabel & 0xfffff)).U16(length).U8(types[0]).U8(ip.Ttl)
            .Bytes(ip.Source.GetAddressBytes()).Bytes(ip.Destination.GetAddressBytes());
        for (var i = 0; i < ip.Extensions.Count; i++)
        {
            header.U8(types[i + 1]);
            if (ip.Extensions[i] is IPv6FragmentExtension fragment)
            {
                header.U8(0).U16((fragment.Offset & ~7) | (fragment.More ? 1 : 0)).U32(fragment.Id);
            }
            else if (ip.Extensions[i] is IPv6OptionsExtension options)
            {
                header.U8((options.Size / 8) - 1).Bytes(options.Body.Span);
            }
        }
        return header.ToArray();
    }

    private static byte[] TcpBytes(TcpHeader tcp, byte[] body)
    {
        var words = (TcpHeader.MinimumSize + Options(tcp.Options)) / 4;
        return new ByteWriter()
            .U16(tcp.SourcePort).U16(tcp.DestinationPort).U32(tcp.Sequence).U32(tcp.Acknowledgment)
            .U8((words << 4) | tcp.Reserved).U8((int)tcp.Flags).U16(tcp.Window).U16(0).U16(tcp.UrgentPointer)
            .Bytes(tcp.Options.Span).Bytes(body).ToArray();
    }

    private static byte[] UdpBytes(UdpHeader udp, byte[] body) => new ByteWriter()
        .U16(udp.SourcePort).U16(udp.DestinationPort).U16(udp.LengthField ?? (UdpHeader.Size + body.Length)).U16(0).Bytes(body).ToArray();

    private static byte[] IcmpBytes(IcmpHeader icmp, byte[] body) =>
        new ByteWriter().U8(icmp.Type).U8(icmp.Code).U16(0).U32(icmp.Rest).Bytes(body).ToArray();

    private static byte[] SctpBytes(SctpHeader sctp, byte[] body)
    {
        var bytes = new ByteWriter()
            .U16(sctp.SourcePort).U16(sctp.DestinationPort).U32(sctp.VerificationTag).U32(0).Bytes(body).ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), sctp.Checksum ?? Crc32C.Of(bytes));
        return bytes;
    }

    private static byte[] Checksummed(byte[] segment, int offset, ushort? given, IpHeader? pseudo, byte protocol)
    {
        var checksum = given ?? Checksum(segment, pseudo, protocol);
        return ByteWriter.WithU16(segment, offset, checksum);
    }

    /// <summary>Of a segment whose checksum field is zero.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> segment, IpHeader? pseudo, byte protocol)
    {
        var start = pseudo is null ? 0 : InternetChecksum.PseudoHeader(pseudo, protocol, segment.Length);
        var checksum = InternetChecksum.Finish(InternetChecksum.Sum(segment, start));
        return checksum == 0 && protocol == IpProtocol.Udp ? ushort.MaxValue : checksum;
    }

    private static int Options(PacketBytes options) => options.Length % 4 == 0 && options.Length <= 40
        ? options.Length
        : throw new InvalidOperationException($"{options.Length} bytes of options do not fit: use a multiple of 4, at most 40.");
}
