using System.Buffers.Binary;
using System.Globalization;

namespace Netweir.Maps;

/// <summary>32 bits in network byte order (<c>__be32</c>). Converts from and to the number it means.</summary>
public readonly record struct Be32
{
    private readonly uint _wire;

    private Be32(uint wire) => _wire = wire;

    /// <summary>In host order.</summary>
    public uint Value => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(_wire) : _wire;

    public static implicit operator Be32(uint value) => From(value);

    public static implicit operator uint(Be32 value) => value.Value;

    public static Be32 From(uint value) => new(BitConverter.IsLittleEndian
        ? BinaryPrimitives.ReverseEndianness(value)
        : value);

    public uint ToUInt32() => Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
