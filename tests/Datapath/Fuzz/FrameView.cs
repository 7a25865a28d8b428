using System.Buffers.Binary;
using System.Net;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>What a frame says at first glance, whether or not the rest of it makes sense: an independent, lenient reading of the same bytes.</summary>
internal readonly ref struct FrameView
{
    private const int Ip = EthernetHeader.Size;
    private const byte IPv6Fragment = 44;
    private readonly ReadOnlySpan<byte> _frame;
    private readonly int _l4;

    public FrameView(ReadOnlySpan<byte> frame)
    {
        _frame = frame;
        var type = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        IsIPv4 = type == EthernetHeader.TypeIPv4 && frame.Length >= Ip + 20 && frame[Ip] >> 4 == 4;
        IsIPv6 = type == EthernetHeader.TypeIPv6 && frame.Length >= Ip + 40 && frame[Ip] >> 4 == 6;
        if (IsIPv4)
        {
            (Protocol, _l4) = (frame[Ip + 9], Ip + ((frame[Ip] & 15) * 4));
            FragmentOffset = BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 6)..]) & 0x1fff;
        }
        else if (IsIPv6)
        {
            (Protocol, _l4, FragmentOffset) = Extensions(frame);
        }
    }

    public bool IsIPv4 { get; }

    public bool IsIPv6 { get; }

    public byte Protocol { get; }

    /// <summary>In units of 8 bytes; not 0 in fragments without a header of their own.</summary>
    public int FragmentOffset { get; }

    public IPAddress? Source => IsIPv4 ? new(_frame.Slice(Ip + 12, 4)) : IsIPv6 ? new(_frame.Slice(Ip + 8, 16)) : null;

    public IPAddress? Destination => IsIPv4 ? new(_frame.Slice(Ip + 16, 4)) : IsIPv6 ? new(_frame.Slice(Ip + 24, 16)) : null;

    /// <summary>0 where there are none.</summary>
    public TcpFlags TcpFlags => Protocol == IpProtocol.Tcp && FragmentOffset == 0 && _frame.Length > _l4 + 13 ? (TcpFlags)_frame[_l4 + 13] : 0;

    /// <summary>RFC 1122, 3.2.2 and RFC 4443, 2.4: what no ICMP error is sent about. A redirect is none by its number, but is meant, too.</summary>
    public bool IsIcmpError => FragmentOffset == 0 && _frame.Length > _l4 && (IsIPv4
        ? Protocol == IpProtocol.Icmp && _frame[_l4] is 3 or 4 or 5 or 11 or 12
        : IsIPv6 && Protocol == IpProtocol.Icmp6 && (_frame[_l4] < 128 || _frame[_l4] == 137));

    /// <summary>VXLAN from this node.</summary>
    public bool IsTunnelledBy(IPAddress node) =>
        IsIPv4 && Protocol == IpProtocol.Udp && Source!.Equals(node) && _frame.Length >= _l4 + UdpHeader.Size + VxlanHeader.Size && _frame[_l4 + UdpHeader.Size] == 8;

    /// <summary>Is the address one host's? Neither multicast nor broadcast nor unspecified.</summary>
    public static bool IsOneHost(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? bytes[0] is > 0 and < 224 : bytes[0] != 0xff && bytes.Any(b => b != 0);
    }

    private static (byte Protocol, int L4, int FragmentOffset) Extensions(ReadOnlySpan<byte> frame)
    {
        var (next, at) = (frame[Ip + 6], Ip + IPv6Header.Size);
        while (next is IPv6OptionsExtension.HopByHop or IPv6OptionsExtension.Routing or IPv6OptionsExtension.DestinationOptions or IPv6Fragment
            && at + 8 <= frame.Length)
        {
            var offset = next == IPv6Fragment ? BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 2)..]) >> 3 : 0;
            (next, at) = (frame[at], at + (next == IPv6Fragment ? 8 : (frame[at + 1] + 1) * 8));
            if (offset != 0)
            {
                return (next, at, offset);
            }
        }
        return (next, at, 0);
    }
}
