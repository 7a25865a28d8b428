using System.Net;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>An ARP or neighbour discovery entry.</summary>
public sealed record Neighbour
{
    internal const int AttributeDestination = 1;
    internal const int AttributeMac = 2;
    internal const int AttributeLinkIndex = 8;

    public required int LinkIndex { get; init; }

    public required IPAddress Address { get; init; }

    /// <summary>Zero while it is not resolved.</summary>
    public MacAddress Mac { get; init; }

    public NeighbourState State { get; init; } = NeighbourState.Permanent;

    /// <inheritdoc/>
    public override string ToString() => $"{Address} at {Mac} on link {LinkIndex}";

    internal static Neighbour? Parse(ReadOnlySpan<byte> body)
    {
        if (body[0] is not (Libc.AF_INET or Libc.AF_INET6))
        {
            return null;
        }

        IPAddress? address = null;
        MacAddress mac = default;
        foreach (NetlinkAttribute attribute in new AttributeReader(body[12..]))
        {
            if (attribute.Type == AttributeDestination)
            {
                address = attribute.ReadAddress();
            }
            else if (attribute.Type == AttributeMac)
            {
                mac = attribute.ReadMac();
            }
        }

        var state = (NeighbourState)MemoryMarshal.Read<ushort>(body[8..]);
        return address is null ? null : new Neighbour { LinkIndex = MemoryMarshal.Read<int>(body[4..]), Address = address, Mac = mac, State = state };
    }
}
