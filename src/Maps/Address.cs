using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Netweir.Maps;

/// <summary>
/// <c>struct address</c>: an IPv6 address, or an IPv4 address as <c>::ffff:a.b.c.d</c> (RFC 4291, 2.5.5.2), in network byte order.
/// The default value, all zero, means "none". Ordered as the bytes are: IPv4 by value within its own range.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = Length)]
public readonly record struct Address : IComparable<Address>
{
    public const int Length = 16;

    /// <summary>Bits that an IPv4 prefix length counts more in a 16-byte address.</summary>
    public const int IPv4PrefixOffset = 96;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <param name="bytes">16 bytes of IPv6 or mapped IPv4, or 4 of IPv4; in wire order.</param>
    public Address(ReadOnlySpan<byte> bytes)
    {
        Span<byte> mapped = stackalloc byte[Length];
        switch (bytes.Length)
        {
            case 4:
                mapped[10] = mapped[11] = 0xff;
                bytes.CopyTo(mapped[12..]);
                break;
            case Length:
                bytes.CopyTo(mapped);
                break;
            default:
                throw new ArgumentException($"An address has 4 or {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _high = MemoryMarshal.Read<ulong>(mapped);
        _low = MemoryMarshal.Read<ulong>(mapped[8..]);
    }

    /// <summary>No address: all zero. Not <c>0.0.0.0</c>.</summary>
    public bool IsZero => this == default;

    public bool IsIPv4
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Length];
            CopyTo(bytes);
            return bytes.StartsWith(MappedPrefix);
        }
    }

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    public static implicit operator Address(IPAddress address) => From(address);

    /// <summary>The scope id of a link-local address is not kept.</summary>
    public static Address From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[Length];
        address.TryWriteBytes(bytes, out int written);
        return new Address(bytes[..written]);
    }

    /// <summary>Parses <c>10.0.0.1</c> or <c>fd00::1</c>.</summary>
    /// <exception cref="FormatException"/>
    public static Address Parse(string text) => IPAddress.TryParse(text, out IPAddress? address)
        ? From(address)
        : throw new FormatException($"'{text}' is not an IP address.");

    /// <summary>An IPv4 address comes back as IPv4.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return new IPAddress(IsIPv4 ? bytes[12..] : bytes);
    }

    public AddressFamily Family => IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;

    /// <summary>Writes 16 bytes in wire order.</summary>
    public void CopyTo(Span<byte> destination)
    {
        MemoryMarshal.Write(destination, _high);
        MemoryMarshal.Write(destination[8..], _low);
    }

    public int CompareTo(Address other)
    {
        Span<byte> mine = stackalloc byte[Length], others = stackalloc byte[Length];
        CopyTo(mine);
        other.CopyTo(others);
        return mine.SequenceCompareTo(others);
    }

    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    /// <summary><c>10.0.0.1</c> or <c>fd00::1</c>; empty for none.</summary>
    public override string ToString() => IsZero ? "" : ToIPAddress().ToString();
}
