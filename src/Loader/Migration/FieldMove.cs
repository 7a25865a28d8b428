namespace Netweir.Loader;

/// <summary>One step of a <see cref="StructCopy"/>: bytes as they are when both sizes agree, else an integer that grows or shrinks.</summary>
/// <param name="Path">For messages; of bytes that belong together, their first field's.</param>
/// <param name="FromSize">Bytes.</param>
/// <param name="IsSigned">The old integer's.</param>
/// <param name="BecomesSigned">The new integer's.</param>
internal readonly record struct FieldMove(string Path, int From, int FromSize, int To, int ToSize, bool IsSigned = false, bool BecomesSigned = false)
{
    public bool IsBytes => FromSize == ToSize;

    /// <exception cref="OverflowException">The value does not fit into the new field.</exception>
    public void Apply(ReadOnlySpan<byte> from, Span<byte> to)
    {
        if (IsBytes)
        {
            from.Slice(From, FromSize).CopyTo(to[To..]);
            return;
        }

        Int128 value = Read(from.Slice(From, FromSize));
        Int128 most = (Int128.One << ((ToSize * 8) - (BecomesSigned ? 1 : 0))) - 1, least = BecomesSigned ? -most - 1 : 0;
        if (value < least || value > most)
        {
            throw new OverflowException($"{Path} = {value} does not fit into the new field's {ToSize} bytes");
        }

        for (int i = 0; i < ToSize; i++)
        {
            to[To + i] = (byte)(value >> (8 * i) & 0xff);
        }
    }

    private Int128 Read(ReadOnlySpan<byte> little)
    {
        Int128 value = IsSigned && (little[^1] & 0x80) != 0 ? -1 : 0;
        for (int i = little.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | little[i];
        }

        return value;
    }
}
