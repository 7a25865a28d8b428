namespace Netweir.Netlink;

/// <summary>A VXLAN device in collect-metadata ("external") mode without learning: one device for all peers and network ids.</summary>
public sealed record VxlanSpec
{
    public required string Name { get; init; }

    /// <summary>UDP destination port, host byte order.</summary>
    public ushort Port { get; init; } = 8472;

    public int? Mtu { get; init; }

    public MacAddress? Mac { get; init; }
}
