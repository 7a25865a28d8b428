using System.Net;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>One of the ways of a multipath route.</summary>
public sealed record NextHop(int LinkIndex, IPAddress? Gateway)
{
    /// <summary>A sequence of struct rtnexthop, each with its own attributes.</summary>
    internal static List<NextHop> ParseAll(ReadOnlySpan<byte> bytes)
    {
        var hops = new List<NextHop>();
        while (bytes.Length >= 8)
        {
            int length = MemoryMarshal.Read<ushort>(bytes);
            if (length < 8 || length > bytes.Length)
            {
                break;
            }

            IPAddress? gateway = null;
            foreach (NetlinkAttribute attribute in new AttributeReader(bytes[8..length]))
            {
                gateway = attribute.Type switch
                {
                    Rta.Gateway => attribute.ReadAddress(),
                    Rta.Via => new IPAddress(attribute.Value[2..]),
                    _ => gateway,
                };
            }

            hops.Add(new NextHop(MemoryMarshal.Read<int>(bytes[4..]), gateway));
            bytes = bytes[Math.Min((length + 3) & ~3, bytes.Length)..];
        }

        return hops;
    }
}
