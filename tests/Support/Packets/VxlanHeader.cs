namespace Netweir.Support.Packets;

/// <summary>RFC 7348, 5: eight bytes after UDP.</summary>
public sealed record VxlanHeader
{
    public const int Size = 8;
    public const ushort Port = 4789;
    public const ushort LinuxPort = 8472;

    /// <summary>24 bits.</summary>
    public required uint Vni { get; init; }
}
