namespace Netweir.Support.Packets;

public sealed record IPv4Header : IpHeader
{
    public const int MinimumSize = 20;

    public ushort Id { get; init; }

    public bool DontFragment { get; init; }

    public bool MoreFragments { get; init; }

    /// <summary>In bytes, a multiple of 8.</summary>
    public int FragmentOffset { get; init; }

    /// <summary>A multiple of 4 bytes, at most 40.</summary>
    public PacketBytes Options { get; init; }

    /// <summary>The checksum field where it is wrong; null means that it is right.</summary>
    public ushort? Checksum { get; init; }

    public override FragmentInfo? Fragment =>
        MoreFragments || FragmentOffset > 0 ? new(Id, FragmentOffset, MoreFragments) : null;
}
