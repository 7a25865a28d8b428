using System.Net;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>An address of an interface.</summary>
public sealed record InterfaceAddress
{
    public required int LinkIndex { get; init; }

    /// <summary>The local address; IPv6 without a scope id.</summary>
    public required IPAddress Address { get; init; }

    public required int PrefixLength { get; init; }

    public AddressFlags Flags { get; init; }

    public RouteScope Scope { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength} on link {LinkIndex}";

    internal static InterfaceAddress? Parse(ReadOnlySpan<byte> body)
    {
        IPAddress? address = null;
        IPAddress? local = null;
        var flags = (AddressFlags)body[2];
        foreach (NetlinkAttribute attribute in new AttributeReader(body[8..]))
        {
            switch (attribute.Type)
            {
                case Ifa.Address:
                    address = attribute.ReadAddress();
                    break;
                case Ifa.Local:
                    local = attribute.ReadAddress();
                    break;
                case Ifa.Flags:
                    flags = (AddressFlags)attribute.Read<int>();
                    break;
                default:
                    break;
            }
        }

        return (local ?? address) is { } found
            ? new InterfaceAddress
            {
                LinkIndex = MemoryMarshal.Read<int>(body[4..]),
                Address = found,
                PrefixLength = body[1],
                Flags = flags,
                Scope = (RouteScope)body[3],
            }
            : null;
    }
}
