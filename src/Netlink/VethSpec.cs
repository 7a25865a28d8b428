namespace Netweir.Netlink;

/// <summary>A veth pair to create. Both ends start down.</summary>
public sealed record VethSpec
{
    /// <summary>At most 15 bytes; created in the socket's namespace.</summary>
    public required string Name { get; init; }

    public required string PeerName { get; init; }

    /// <summary>Where the peer is created; null for the same namespace.</summary>
    public NetworkNamespace? PeerNamespace { get; init; }

    /// <summary>An address given at creation is left alone by udev; the kernel chooses one when it is null.</summary>
    public MacAddress? Mac { get; init; }

    public MacAddress? PeerMac { get; init; }

    /// <summary>Bytes, for both ends; null for 1500.</summary>
    public int? Mtu { get; init; }

    /// <summary>Of both ends; null for the kernel's defaults.</summary>
    public OffloadSizes? OffloadSizes { get; init; }
}
