namespace Netweir.Maps;

/// <summary>What a command prints: a few lines of text, then tables.</summary>
public sealed record OutputDocument
{
    /// <summary>Name -> text or number, in this order.</summary>
    public IReadOnlyList<KeyValuePair<string, Cell>> Facts { get; init; } = [];

    public required IReadOnlyList<MapTable> Tables { get; init; }
}
