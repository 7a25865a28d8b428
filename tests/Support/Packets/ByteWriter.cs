using System.Buffers.Binary;

namespace Netweir.Support.Packets;

/// <summary>Appends in network byte order.</summary>
internal sealed class ByteWriter
{
    private readonly List<byte> _bytes = [];

    public ByteWriter U8(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public ByteWriter U16(int value) => U8(value >> 8).U8(value);

    public ByteWriter U32(uint value) => U16((int)(value >> 16)).U16((int)(value & 0xffff));

    public ByteWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    public static byte[] WithU16(byte[] bytes, int offset, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(offset), value);
        return bytes;
    }
}
