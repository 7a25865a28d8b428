using System.Net;

namespace Netweir.Support.Packets;

/// <summary>What IPv4 and IPv6 have in common. Lengths and the next protocol follow from the packet.</summary>
public abstract record IpHeader
{
    public required IPAddress Source { get; init; }

    public required IPAddress Destination { get; init; }

    /// <summary>IPv4 type of service, IPv6 traffic class.</summary>
    public byte Tos { get; init; }

    /// <summary>IPv4 time to live, IPv6 hop limit.</summary>
    public byte Ttl { get; init; } = 64;

    /// <summary>
    /// The length field as it is on the wire (IPv4: with the header, IPv6: without) where it differs from what follows,
    /// as in a packet that an ICMP error quotes in part; null means that it is right.
    /// </summary>
    public int? LengthField { get; init; }

    public abstract FragmentInfo? Fragment { get; }

    public bool IsLaterFragment => Fragment is { Offset: > 0 };
}
