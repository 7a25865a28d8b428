using System.Globalization;

namespace Netweir.Netlink;

/// <summary>An Ethernet address. The default value is 00:00:00:00:00:00.</summary>
public readonly record struct MacAddress
{
    public const int Length = 6;
    private readonly ulong _value;

    private MacAddress(ulong value) => _value = value;

    /// <param name="bytes">Six bytes in wire order.</param>
    public MacAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"An Ethernet address has 6 bytes, not {bytes.Length}.", nameof(bytes));
        }

        foreach (byte b in bytes)
        {
            _value = (_value << 8) | b;
        }
    }

    public bool IsZero => _value == 0;

    /// <summary>A random unicast, locally administered address.</summary>
    public static MacAddress Random()
    {
        const ulong mask = 0xffff_ffff_ffff;
        ulong random = (ulong)System.Random.Shared.NextInt64() & mask;
        return new MacAddress((random & ~0x0300_0000_0000UL) | 0x0200_0000_0000UL);
    }

    /// <summary>Parses <c>02:00:00:00:00:01</c>.</summary>
    public static MacAddress Parse(string text) =>
        TryParse(text, out MacAddress mac) ? mac : throw new FormatException($"'{text}' is not an Ethernet address (want 02:00:00:00:00:01).");

    public static bool TryParse(string? text, out MacAddress mac)
    {
        mac = default;
        if (text is not { Length: 17 })
        {
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < text.Length; i += 3)
        {
            bool separated = i == 15 || text[i + 2] == ':';
            if (!separated || !byte.TryParse(text.AsSpan(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte b))
            {
                return false;
            }

            value = (value << 8) | b;
        }

        mac = new MacAddress(value);
        return true;
    }

    /// <summary>Writes six bytes in wire order.</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < Length; i++)
        {
            destination[i] = (byte)(_value >> (8 * (Length - 1 - i)));
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(byte)(_value >> 40):x2}:{(byte)(_value >> 32):x2}:{(byte)(_value >> 24):x2}:{(byte)(_value >> 16):x2}:{(byte)(_value >> 8):x2}:{(byte)_value:x2}");
}
