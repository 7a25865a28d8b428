using System.Net;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Netweir.Support.Packets;

/// <summary>Reads Ethernet and IP; <see cref="SegmentReader"/> reads what they carry.</summary>
internal sealed class PacketReader(bool verifyChecksums)
{
    public Packet ReadFrame(ReadOnlySpan<byte> bytes)
    {
        Need(bytes.Length, EthernetHeader.Size, "Ethernet header");
        var type = ReadUInt16BigEndian(bytes[12..]);
        var ethernet = new EthernetHeader
        {
            Destination = EthernetAddress.Read(bytes),
            Source = EthernetAddress.Read(bytes[EthernetAddress.Size..]),
        };
        var body = bytes[EthernetHeader.Size..];
        if (type is not (EthernetHeader.TypeIPv4 or EthernetHeader.TypeIPv6))
        {
            return new() { Ethernet = ethernet with { EtherType = type }, Payload = new(body) };
        }
        var packet = ReadIp(body);
        var expected = packet.Ip is IPv4Header ? EthernetHeader.TypeIPv4 : EthernetHeader.TypeIPv6;
        Check(type == expected, $"EtherType is 0x{type:x4}, but the IP version asks for 0x{expected:x4}");
        return packet with { Ethernet = ethernet };
    }

    public Packet ReadIp(ReadOnlySpan<byte> bytes) => ReadIp(bytes, isQuoted: false);

    /// <summary>The packet in an ICMP error: may be cut anywhere after its IP header.</summary>
    public Packet ReadQuoted(ReadOnlySpan<byte> bytes) => ReadIp(bytes, isQuoted: true);

    private Packet ReadIp(ReadOnlySpan<byte> bytes, bool isQuoted)
    {
        Need(bytes.Length, 1, "IP header");
        return (bytes[0] >> 4) switch
        {
            4 => ReadIPv4(bytes, isQuoted),
            6 => ReadIPv6(bytes, isQuoted),
            var version => throw new PacketFormatException($"IP version is {version}, should be 4 or 6"),
        };
    }

    private Packet ReadIPv4(ReadOnlySpan<byte> bytes, bool isQuoted)
    {
        Need(bytes.Length, IPv4Header.MinimumSize, "IPv4 header");
        var headerLength = (bytes[0] & 15) * 4;
        Check(headerLength >= IPv4Header.MinimumSize, $"IPv4 header length is {headerLength}, should be at least 20");
        Need(bytes.Length, headerLength, "IPv4 header with options");
        var header = bytes[..headerLength];
        var length = ReadUInt16BigEndian(bytes[2..]);
        Check(length >= headerLength, $"IPv4 total length is {length}, less than its header of {headerLength}");
        Check(isQuoted || length <= bytes.Length, $"IPv4 total length is {length}, but only {bytes.Length} bytes follow");
        var fragment = ReadUInt16BigEndian(bytes[6..]);
        Check((fragment & 0x8000) == 0, "IPv4 reserved flag is set, must be zero (RFC 791)");
        var ip = new IPv4Header
        {
            Source = new(bytes.Slice(12, 4)),
            Destination = new(bytes.Slice(16, 4)),
            Tos = bytes[1],
            Ttl = bytes[8],
            Id = ReadUInt16BigEndian(bytes[4..]),
            DontFragment = (fragment & 0x4000) != 0,
            MoreFragments = (fragment & 0x2000) != 0,
            FragmentOffset = (fragment & 0x1fff) * 8,
            Options = new(header[IPv4Header.MinimumSize..]),
            LengthField = length > bytes.Length ? length : null,
            Checksum = HeaderChecksum(header),
        };
        var end = Math.Min(length, bytes.Length);
        return Segment(ip, bytes[9], bytes[headerLength..end], isQuoted) with { Trailer = new(bytes[end..]) };
    }

    private ushort? HeaderChecksum(ReadOnlySpan<byte> header)
    {
        if (InternetChecksum.Finish(InternetChecksum.Sum(header)) == 0)
        {
            return null;
        }
        var actual = ReadUInt16BigEndian(header[10..]);
        var zeroed = ByteWriter.WithU16(header.ToArray(), 10, 0);
        var right = InternetChecksum.Finish(InternetChecksum.Sum(zeroed));
        Check(
            !verifyChecksums,
            $"IPv4 header checksum is 0x{actual:x4}, should be 0x{right:x4} ({new IPAddress(header.Slice(12, 4))} > {new IPAddress(header.Slice(16, 4))})");
        return actual;
    }

    private Packet ReadIPv6(ReadOnlySpan<byte> bytes, bool isQuoted)
    {
        Need(bytes.Length, IPv6Header.Size, "IPv6 header");
        var length = ReadUInt16BigEndian(bytes[4..]);
        var available = bytes.Length - IPv6Header.Size;
        Check(isQuoted || length <= available, $"IPv6 payload length is {length}, but only {available} bytes follow");
        var end = IPv6Header.Size + Math.Min(length, available);
        var next = bytes[6];
        var extensions = ReadExtensions(bytes[IPv6Header.Size..end], ref next, out var size);
        var ip = new IPv6Header
        {
            Source = new(bytes.Slice(8, 16)),
            Destination = new(bytes.Slice(24, 16)),
            Tos = (byte)(ReadUInt16BigEndian(bytes) >> 4),
            FlowLabel = ReadUInt32BigEndian(bytes) & 0xfffff,
            Ttl = bytes[7],
            Extensions = extensions,
            LengthField = length > available ? length : null,
        };
        return Segment(ip, next, bytes[(IPv6Header.Size + size)..end], isQuoted) with { Trailer = new(bytes[end..]) };
    }

    private static ValueList<IPv6Extension> ReadExtensions(ReadOnlySpan<byte> bytes, ref byte next, out int size)
    {
        List<IPv6Extension> extensions = [];
        size = 0;
        while (extensions is not [.., IPv6FragmentExtension { Offset: > 0 }] && IsExtension(next))
        {
            var rest = bytes[size..];
            Need(rest.Length, 8, $"IPv6 extension header {next}");
            var length = next == IPv6FragmentExtension.Number ? 8 : (rest[1] + 1) * 8;
            Need(rest.Length, length, $"IPv6 extension header {next}");
            var fragment = ReadUInt16BigEndian(rest[2..]);
            Check(
                next != IPv6FragmentExtension.Number || (rest[1] == 0 && (fragment & 6) == 0),
                "IPv6 fragment header's reserved bits are set, must be zero (RFC 8200)");
            extensions.Add(next == IPv6FragmentExtension.Number
                ? new IPv6FragmentExtension { Id = ReadUInt32BigEndian(rest[4..]), Offset = fragment & ~7, More = (fragment & 1) != 0 }
                : new IPv6OptionsExtension(next) { Body = new(rest[2..length]) });
            next = rest[0];
            size += length;
        }
        return new(extensions);
    }

    private static bool IsExtension(byte next) => next is IPv6OptionsExtension.HopByHop or IPv6OptionsExtension.Routing
        or IPv6OptionsExtension.DestinationOptions or IPv6FragmentExtension.Number;

    private Packet Segment(IpHeader ip, byte protocol, ReadOnlySpan<byte> segment, bool isQuoted)
    {
        var isWhole = !isQuoted && ip.LengthField is null && ip.Fragment is null or { Offset: 0, More: false };
        var packet = new SegmentReader(this, ip, isWhole, verifyChecksums).Read(protocol, segment);
        return packet with { Ethernet = null, Ip = ip };
    }

    public static void Need(int have, int need, string what) =>
        Check(have >= need, $"{what} needs {need} bytes, but only {have} follow");

    public static void Check(bool condition, string message)
    {
        if (!condition)
        {
            throw new PacketFormatException(message);
        }
    }
}
