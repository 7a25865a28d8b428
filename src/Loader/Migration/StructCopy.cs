namespace Netweir.Loader;

/// <summary>
/// How values of one layout become values of another: fields of the same path keep their value, new ones are zero, removed ones are dropped. Integers
/// may grow, and shrink as far as their values fit; of arrays the elements are kept that both have.
/// </summary>
/// <param name="drops">Something of the old layout has no place in the new one: two old values can become one.</param>
internal sealed class StructCopy(IReadOnlyList<FieldMove> moves, bool drops)
{
    public bool Drops { get; } = drops;

    /// <summary>For layouts that nothing is known of but that they are equally large.</summary>
    public static StructCopy Bytes(int size) => new([new FieldMove("", 0, size, 0, size)], drops: false);

    /// <param name="from">Of the old layout.</param>
    /// <param name="to">Of the new layout, all zero.</param>
    /// <exception cref="OverflowException">A value does not fit into its new field.</exception>
    public void Apply(ReadOnlySpan<byte> from, Span<byte> to)
    {
        foreach (FieldMove move in moves)
        {
            move.Apply(from, to);
        }
    }
}
