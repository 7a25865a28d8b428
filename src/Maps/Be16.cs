using System.Buffers.Binary;
using System.Globalization;

namespace Netweir.Maps;

/// <summary>16 bits in network byte order (<c>__be16</c>): a port as packets have it. Converts from and to the number it means.</summary>
public readonly record struct Be16
{
    private readonly ushort _wire;

    private Be16(ushort wire) => _wire = wire;

    /// <summary>In host order.</summary>
    public ushort Value => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_wire) : _wire;

    public static implicit operator Be16(ushort value) => From(value);

    public static implicit operator ushort(Be16 value) => value.Value;

    public static Be16 From(int value) => new(BitConverter.IsLittleEndian
        ? BinaryPrimitives.ReverseEndianness(checked((ushort)value))
        : checked((ushort)value));

    public ushort ToUInt16() => Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
