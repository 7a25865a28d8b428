using System.Text;

namespace Netweir.Support.Packets;

/// <summary>Immutable bytes with value equality; text when printable, else hexadecimal, when printed.</summary>
public readonly struct PacketBytes : IEquatable<PacketBytes>
{
    private const int PrintedBytes = 24;
    private readonly byte[]? _bytes;

    public PacketBytes(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public static PacketBytes Empty => default;

    public int Length => _bytes?.Length ?? 0;

    public ReadOnlySpan<byte> Span => _bytes;

    public static PacketBytes FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads hexadecimal digits; blanks, line ends and colons between them are ignored.</summary>
    public static PacketBytes FromHex(string hex) =>
        new(Convert.FromHexString(string.Concat(hex.Where(c => !char.IsWhiteSpace(c) && c != ':'))));

    /// <summary>Bytes 0, 1, ... 250, 0, ...: a shifted or swapped part of it shows.</summary>
    public static PacketBytes Pattern(int length) =>
        new([.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))]);

    public byte[] ToArray() => Span.ToArray();

    public bool Equals(PacketBytes other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is PacketBytes other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString()
    {
        var shown = Span[..Math.Min(Length, PrintedBytes)];
        var more = Length > PrintedBytes ? "..." : "";
        return IsPrintable(shown) ? $"\"{Encoding.ASCII.GetString(shown)}\"{more}" : Convert.ToHexStringLower(shown) + more;
    }

    public static bool operator ==(PacketBytes left, PacketBytes right) => left.Equals(right);

    public static bool operator !=(PacketBytes left, PacketBytes right) => !left.Equals(right);

    private static bool IsPrintable(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) < 0;
}
