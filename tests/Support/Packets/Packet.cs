using System.Net;
using System.Net.Sockets;

namespace Netweir.Support.Packets;

/// <summary>
/// One packet as a value. <see cref="Serialize"/> computes lengths and checksums; <see cref="Parse"/> verifies them, so two
/// equal packets also prove that whoever rewrote one of them kept its checksums right. Change it with `with` or <see cref="PacketChanges"/>.
/// </summary>
public sealed record Packet
{
    /// <summary>Null for a packet that begins with IP (quoted in an ICMP error, or of a layer 3 device).</summary>
    public EthernetHeader? Ethernet { get; init; } = new();

    /// <summary>Null for a frame of another type, whose bytes are all <see cref="Payload"/>.</summary>
    public IpHeader? Ip { get; init; }

    public L4Header? L4 { get; init; }

    /// <summary>Set together with <see cref="Inner"/>.</summary>
    public VxlanHeader? Vxlan { get; init; }

    /// <summary>The frame in VXLAN.</summary>
    public Packet? Inner { get; init; }

    /// <summary>The packet that an ICMP error quotes.</summary>
    public Packet? Embedded { get; init; }

    /// <summary>What follows <see cref="L4"/>; empty where <see cref="Inner"/> or <see cref="Embedded"/> is set.</summary>
    public PacketBytes Payload { get; init; }

    /// <summary>Bytes after the end that the IP header tells, such as Ethernet padding.</summary>
    public PacketBytes Trailer { get; init; }

    /// <param name="from">`address:port`, IPv6 in brackets</param>
    public static Packet Tcp(string from, string to) => Tcp(IPEndPoint.Parse(from), IPEndPoint.Parse(to));

    /// <summary>A segment with sequence 1 and no flags.</summary>
    public static Packet Tcp(IPEndPoint from, IPEndPoint to) =>
        Between(from.Address, to.Address, new TcpHeader { SourcePort = (ushort)from.Port, DestinationPort = (ushort)to.Port });

    public static Packet Udp(string from, string to) => Udp(IPEndPoint.Parse(from), IPEndPoint.Parse(to));

    public static Packet Udp(IPEndPoint from, IPEndPoint to) =>
        Between(from.Address, to.Address, new UdpHeader { SourcePort = (ushort)from.Port, DestinationPort = (ushort)to.Port });

    public static Packet Sctp(string from, string to) => Sctp(IPEndPoint.Parse(from), IPEndPoint.Parse(to));

    /// <summary>A common header; chunks are its <see cref="Payload"/>.</summary>
    public static Packet Sctp(IPEndPoint from, IPEndPoint to) =>
        Between(from.Address, to.Address, new SctpHeader { SourcePort = (ushort)from.Port, DestinationPort = (ushort)to.Port });

    /// <summary>An echo request of the addresses' family.</summary>
    public static Packet Ping(string from, string to, ushort id = 1, ushort sequence = 1)
    {
        var isIcmp6 = IPAddress.Parse(from).AddressFamily == AddressFamily.InterNetworkV6;
        return Icmp(isIcmp6 ? (byte)128 : (byte)8, 0, from, to, ((uint)id << 16) | sequence);
    }

    /// <param name="type">As the addresses' family numbers it.</param>
    /// <param name="rest">Bytes 4 to 7 as a big-endian number.</param>
    public static Packet Icmp(byte type, byte code, string from, string to, uint rest = 0)
    {
        var source = IPAddress.Parse(from);
        var isIcmp6 = source.AddressFamily == AddressFamily.InterNetworkV6;
        return Between(source, IPAddress.Parse(to), new IcmpHeader { IsIcmp6 = isIcmp6, Type = type, Code = code, Rest = rest });
    }

    /// <summary>An ICMP error that quotes the first <paramref name="quotedBytes"/> bytes, from the IP header on, of a packet.</summary>
    /// <param name="rest">Bytes 4 to 7: the MTU, or 0.</param>
    public static Packet IcmpError(
        byte type, byte code, string from, string to, Packet embedded, uint rest = 0, int quotedBytes = int.MaxValue)
    {
        var whole = (embedded with { Ethernet = null, Trailer = default }).Serialize();
        var quoted = new PacketReader(verifyChecksums: false).ReadQuoted(whole.AsSpan(0, Math.Min(quotedBytes, whole.Length)));
        return Icmp(type, code, from, to, rest) with { Embedded = quoted };
    }

    /// <summary>Destination unreachable, port unreachable.</summary>
    public static Packet PortUnreachable(string from, string to, Packet embedded, int quotedBytes = int.MaxValue) =>
        embedded.Ip is IPv6Header
            ? IcmpError(1, 4, from, to, embedded, 0, quotedBytes)
            : IcmpError(3, 3, from, to, embedded, 0, quotedBytes);

    /// <summary>IPv4 "fragmentation needed", IPv6 "packet too big".</summary>
    public static Packet TooBig(string from, string to, ushort mtu, Packet embedded, int quotedBytes = int.MaxValue) =>
        embedded.Ip is IPv6Header
            ? IcmpError(2, 0, from, to, embedded, mtu, quotedBytes)
            : IcmpError(3, 4, from, to, embedded, mtu, quotedBytes);

    public static Packet TimeExceeded(string from, string to, Packet embedded, int quotedBytes = int.MaxValue) =>
        embedded.Ip is IPv6Header
            ? IcmpError(3, 0, from, to, embedded, 0, quotedBytes)
            : IcmpError(11, 0, from, to, embedded, 0, quotedBytes);

    /// <summary>IP with bytes of any protocol.</summary>
    public static Packet Raw(byte protocol, string from, string to) =>
        Between(IPAddress.Parse(from), IPAddress.Parse(to), new RawHeader(protocol));

    /// <summary>A frame that is no IP, such as ARP.</summary>
    public static Packet Frame(ushort etherType, PacketBytes payload) =>
        new() { Ethernet = new() { EtherType = etherType }, Payload = payload };

    /// <summary>The bytes, with correct lengths and checksums except where a header's fields say otherwise.</summary>
    public byte[] Serialize() => PacketWriter.Write(this);

    /// <summary>
    /// Reads a frame that begins with Ethernet. Verified are: IPv4 header checksums, also of quoted and encapsulated packets; TCP, UDP,
    /// ICMP and SCTP checksums of whole packets, also encapsulated ones. Checksums of fragments and quoted packets cannot or need not
    /// be right: where they do not match the bytes at hand they appear as the header's `Checksum`.
    /// </summary>
    /// <param name="verifyChecksums">False: wrong checksums are no error, and appear as the header's `Checksum`.</param>
    /// <exception cref="PacketFormatException">The bytes are cut, contradict themselves, or a checksum is wrong.</exception>
    public static Packet Parse(ReadOnlySpan<byte> bytes, bool verifyChecksums = true) =>
        new PacketReader(verifyChecksums).ReadFrame(bytes);

    /// <summary><see cref="Parse"/> for bytes that begin with the IP header.</summary>
    public static Packet ParseIp(ReadOnlySpan<byte> bytes, bool verifyChecksums = true) =>
        new PacketReader(verifyChecksums).ReadIp(bytes);

    /// <summary>One line that tells every field that is not a default.</summary>
    public override string ToString() => PacketText.Of(this);

    private static Packet Between(IPAddress from, IPAddress to, L4Header l4)
    {
        if (from.AddressFamily != to.AddressFamily)
        {
            throw new ArgumentException($"{from} and {to} are of different families: a packet has one.");
        }
        return new()
        {
            Ip = from.AddressFamily == AddressFamily.InterNetworkV6
                ? new IPv6Header { Source = from, Destination = to }
                : new IPv4Header { Source = from, Destination = to },
            L4 = l4,
        };
    }
}
