using System.Globalization;
using System.Runtime.CompilerServices;

namespace Netweir.Maps;

/// <summary>An Ethernet address as maps hold it: six bytes in wire order.</summary>
[InlineArray(Length)]
public struct Mac : IEquatable<Mac>
{
    public const int Length = 6;
    private byte _first;

    /// <param name="bytes">Six bytes in wire order.</param>
    public Mac(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"An Ethernet address has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        bytes.CopyTo(this);
    }

    public readonly bool IsZero => this == default;

    public static bool operator ==(Mac left, Mac right) => left.Equals(right);

    public static bool operator !=(Mac left, Mac right) => !left.Equals(right);

    /// <summary>Parses <c>02:00:00:00:00:01</c>.</summary>
    /// <exception cref="FormatException"/>
    public static Mac Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        Mac mac = default;
        for (int i = 0; i < Length; i++)
        {
            if (parts.Length != Length || parts[i].Length != 2 || !byte.TryParse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mac[i]))
            {
                throw new FormatException($"'{text}' is not an Ethernet address (want 02:00:00:00:00:01).");
            }
        }

        return mac;
    }

    public readonly void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)this).CopyTo(destination);

    public readonly bool Equals(Mac other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is Mac other && Equals(other);

    public override readonly int GetHashCode() => FixedText.Hash(this);

    public override readonly string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{this[0]:x2}:{this[1]:x2}:{this[2]:x2}:{this[3]:x2}:{this[4]:x2}:{this[5]:x2}");
}
