using System.Globalization;

namespace Netweir.Support.Packets;

/// <summary>A MAC address; <see cref="Value"/> holds the six bytes as a number, first byte on the wire most significant.</summary>
public readonly record struct EthernetAddress(ulong Value)
{
    public const int Size = 6;

    public static EthernetAddress Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length != Size)
        {
            throw new FormatException($"'{text}' is no MAC address: write six hexadecimal bytes with colons.");
        }
        var value = 0UL;
        foreach (var part in parts)
        {
            value = (value << 8) | byte.Parse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }
        return new(value);
    }

    public static EthernetAddress Read(ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        foreach (var b in bytes[..Size])
        {
            value = (value << 8) | b;
        }
        return new(value);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        for (var i = 0; i < Size; i++)
        {
            bytes[i] = (byte)(Value >> (8 * (Size - 1 - i)));
        }
        return bytes;
    }

    public override string ToString() => string.Join(':', ToBytes().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
}
