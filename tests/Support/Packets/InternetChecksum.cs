using System.Buffers.Binary;
using System.Net;

namespace Netweir.Support.Packets;

/// <summary>RFC 1071. Sums are not folded until <see cref="Finish"/>.</summary>
internal static class InternetChecksum
{
    public static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum = 0)
    {
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }
        return bytes.Length == 1 ? sum + ((ulong)bytes[0] << 8) : sum;
    }

    /// <summary>The pseudo header of RFC 9293, 3.1 and RFC 8200, 8.1.</summary>
    public static ulong PseudoHeader(IpHeader ip, byte protocol, int length) =>
        Sum(ip.Destination.GetAddressBytes(), Sum(ip.Source.GetAddressBytes(), protocol + (ulong)(length >> 16) + (ulong)(length & 0xffff)));

    public static ushort Finish(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (ushort)~sum;
    }
}
