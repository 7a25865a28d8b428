using static System.Buffers.Binary.BinaryPrimitives;

namespace Netweir.Support.Packets;

/// <summary>Reads the L4 header and what it carries.</summary>
/// <param name="isWhole">Neither fragment nor quotation: headers must be complete and checksums right.</param>
internal sealed class SegmentReader(PacketReader packets, IpHeader ip, bool isWhole, bool verifyChecksums)
{
    public Packet Read(byte protocol, ReadOnlySpan<byte> segment)
    {
        if (ip.IsLaterFragment)
        {
            return Raw(protocol, segment);
        }
        return protocol switch
        {
            IpProtocol.Tcp => ReadTcp(segment),
            IpProtocol.Udp => ReadUdp(segment),
            IpProtocol.Sctp => ReadSctp(segment),
            IpProtocol.Icmp when ip is IPv4Header => ReadIcmp(segment, isIcmp6: false),
            IpProtocol.Icmp6 when ip is IPv6Header => ReadIcmp(segment, isIcmp6: true),
            _ => Raw(protocol, segment),
        };
    }

    private Packet ReadTcp(ReadOnlySpan<byte> segment)
    {
        var size = segment.Length < 13 ? TcpHeader.MinimumSize : (segment[12] >> 4) * 4;
        PacketReader.Check(size >= TcpHeader.MinimumSize, $"TCP data offset is {size} bytes, should be at least 20");
        if (segment.Length < size)
        {
            return Truncated(IpProtocol.Tcp, segment, size);
        }
        return new()
        {
            L4 = new TcpHeader
            {
                SourcePort = ReadUInt16BigEndian(segment),
                DestinationPort = ReadUInt16BigEndian(segment[2..]),
                Sequence = ReadUInt32BigEndian(segment[4..]),
                Acknowledgment = ReadUInt32BigEndian(segment[8..]),
                Reserved = (byte)(segment[12] & 15),
                Flags = (TcpFlags)segment[13],
                Window = ReadUInt16BigEndian(segment[14..]),
                UrgentPointer = ReadUInt16BigEndian(segment[18..]),
                Options = new(segment[TcpHeader.MinimumSize..size]),
                Checksum = Checksum("TCP", IpProtocol.Tcp, segment, 16),
            },
            Payload = new(segment[size..]),
        };
    }

    private Packet ReadUdp(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < UdpHeader.Size)
        {
            return Truncated(IpProtocol.Udp, segment, UdpHeader.Size);
        }
        var length = ReadUInt16BigEndian(segment[4..]);
        PacketReader.Check(
            !isWhole || !verifyChecksums || length == segment.Length, $"UDP length is {length}, but the IP header says {segment.Length}");
        var udp = new UdpHeader
        {
            SourcePort = ReadUInt16BigEndian(segment),
            DestinationPort = ReadUInt16BigEndian(segment[2..]),
            LengthField = length == segment.Length ? null : length,
            Checksum = UdpChecksum(segment),
        };
        var body = segment[UdpHeader.Size..];
        return isWhole && IsVxlanPort(udp.DestinationPort) && IsVxlan(body)
            ? ReadVxlan(udp, body)
            : new() { L4 = udp, Payload = new(body) };
    }

    private ushort? UdpChecksum(ReadOnlySpan<byte> segment)
    {
        if (ReadUInt16BigEndian(segment[6..]) != 0)
        {
            return Checksum("UDP", IpProtocol.Udp, segment, 6);
        }
        var isAllowed = ip is IPv4Header || !isWhole || IsVxlanPort(ReadUInt16BigEndian(segment[2..]));
        PacketReader.Check(isAllowed || !verifyChecksums, "UDP checksum is 0, which IPv6 allows only for tunnels (RFC 6935)");
        return 0;
    }

    private static bool IsVxlanPort(ushort port) => port is VxlanHeader.Port or VxlanHeader.LinuxPort;

    private static bool IsVxlan(ReadOnlySpan<byte> body) =>
        body.Length >= VxlanHeader.Size + EthernetHeader.Size && ReadUInt32BigEndian(body) == 0x0800_0000 && body[7] == 0;

    private Packet ReadVxlan(UdpHeader udp, ReadOnlySpan<byte> body)
    {
        try
        {
            return new()
            {
                L4 = udp,
                Vxlan = new() { Vni = ReadUInt32BigEndian(body[4..]) >> 8 },
                Inner = packets.ReadFrame(body[VxlanHeader.Size..]),
            };
        }
        catch (PacketFormatException e)
        {
            throw new PacketFormatException($"in VXLAN: {e.Message}", e);
        }
    }

    private Packet ReadIcmp(ReadOnlySpan<byte> segment, bool isIcmp6)
    {
        var protocol = isIcmp6 ? IpProtocol.Icmp6 : IpProtocol.Icmp;
        if (segment.Length < IcmpHeader.Size)
        {
            PacketReader.Check(!isWhole, $"ICMP header needs {IcmpHeader.Size} bytes, but only {segment.Length} follow");
            return Raw(protocol, segment);
        }
        var icmp = new IcmpHeader
        {
            IsIcmp6 = isIcmp6,
            Type = segment[0],
            Code = segment[1],
            Rest = ReadUInt32BigEndian(segment[4..]),
            Checksum = Checksum(isIcmp6 ? "ICMPv6" : "ICMP", protocol, segment, 2),
        };
        var body = segment[IcmpHeader.Size..];
        return isWhole && icmp.IsError
            ? new() { L4 = icmp, Embedded = ReadEmbedded(body) }
            : new() { L4 = icmp, Payload = new(body) };
    }

    private Packet ReadEmbedded(ReadOnlySpan<byte> body)
    {
        try
        {
            return packets.ReadQuoted(body);
        }
        catch (PacketFormatException e)
        {
            throw new PacketFormatException($"in the packet that the ICMP error quotes: {e.Message}", e);
        }
    }

    private Packet ReadSctp(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < SctpHeader.Size)
        {
            return Truncated(IpProtocol.Sctp, segment, SctpHeader.Size);
        }
        var actual = ReadUInt32LittleEndian(segment[8..]);
        var zeroed = segment.ToArray();
        zeroed.AsSpan(8, 4).Clear();
        var right = Crc32C.Of(zeroed);
        PacketReader.Check(actual == right || !isWhole || !verifyChecksums, $"SCTP checksum is 0x{actual:x8}, should be 0x{right:x8} ({Flow(segment)})");
        return new()
        {
            L4 = new SctpHeader
            {
                SourcePort = ReadUInt16BigEndian(segment),
                DestinationPort = ReadUInt16BigEndian(segment[2..]),
                VerificationTag = ReadUInt32BigEndian(segment[4..]),
                Checksum = actual == right ? null : actual,
            },
            Payload = new(segment[SctpHeader.Size..]),
        };
    }

    /// <summary>Null where it is right. Right is what a receiver accepts: 0x0000 and 0xffff are the same sum.</summary>
    private ushort? Checksum(string name, byte protocol, ReadOnlySpan<byte> segment, int offset)
    {
        var pseudo = protocol == IpProtocol.Icmp ? null : ip;
        var start = pseudo is null ? 0 : InternetChecksum.PseudoHeader(pseudo, protocol, segment.Length);
        if (InternetChecksum.Finish(InternetChecksum.Sum(segment, start)) == 0)
        {
            return null;
        }
        var actual = ReadUInt16BigEndian(segment[offset..]);
        var right = PacketWriter.Checksum(ByteWriter.WithU16(segment.ToArray(), offset, 0), pseudo, protocol);
        PacketReader.Check(!isWhole || !verifyChecksums, $"{name} checksum is 0x{actual:x4}, should be 0x{right:x4} ({Flow(segment)})");
        return actual;
    }

    private string Flow(ReadOnlySpan<byte> segment) => $"{ip.Source} > {ip.Destination}, {segment.Length} bytes";

    private Packet Truncated(byte protocol, ReadOnlySpan<byte> segment, int need)
    {
        PacketReader.Check(!isWhole, $"L4 header of protocol {protocol} needs {need} bytes, but only {segment.Length} follow");
        return segment.Length < 4
            ? Raw(protocol, segment)
            : new()
            {
                L4 = new TruncatedHeader(protocol)
                {
                    SourcePort = ReadUInt16BigEndian(segment),
                    DestinationPort = ReadUInt16BigEndian(segment[2..]),
                },
                Payload = new(segment[4..]),
            };
    }

    private static Packet Raw(byte protocol, ReadOnlySpan<byte> segment) => new() { L4 = new RawHeader(protocol), Payload = new(segment) };
}
