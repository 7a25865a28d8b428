namespace Netweir.Support.Packets;

public sealed record IPv6FragmentExtension : IPv6Extension
{
    public const byte Number = 44;

    public required uint Id { get; init; }

    /// <summary>In bytes, a multiple of 8.</summary>
    public int Offset { get; init; }

    public bool More { get; init; }

    public override byte Type => Number;

    public override int Size => 8;
}
