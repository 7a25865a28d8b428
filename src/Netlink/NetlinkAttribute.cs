using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Netweir.Netlink;

/// <summary>One received attribute: its type without flag bits, and its value in place.</summary>
public readonly ref struct NetlinkAttribute(int type, ReadOnlySpan<byte> value)
{
    public int Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>The attributes nested in this one.</summary>
    public AttributeReader Nested => new(Value);

    public T Read<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Value);

    /// <summary>The number at a place of an array of 32-bit numbers; null beyond its end.</summary>
    public int? ReadAt(int index) => Value.Length >= (index + 1) * sizeof(int) ? MemoryMarshal.Read<int>(Value[(index * sizeof(int))..]) : null;

    /// <summary>The value as a string without its NUL.</summary>
    public string ReadString()
    {
        int end = Value.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
    }

    public IPAddress ReadAddress() => new(Value);

    /// <summary>An Ethernet address, or the zero address for a device whose addresses have another length.</summary>
    public MacAddress ReadMac() => Value.Length == 6 ? new MacAddress(Value) : default;
}
