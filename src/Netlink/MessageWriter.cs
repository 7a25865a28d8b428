using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Netweir.Netlink;

/// <summary>
/// Writes one netlink request into a caller's buffer, in host byte order: header, fixed part, then attributes (4-byte aligned).
/// A buffer that is too small throws <see cref="ArgumentException"/> or <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public ref struct MessageWriter
{
    internal const int HeaderLength = 16;
    private const ushort Nested = 0x8000;

    private readonly Span<byte> _buffer;
    private int _length;

    public MessageWriter(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        _buffer[..HeaderLength].Clear();
        _length = HeaderLength;
        MemoryMarshal.Write(_buffer[4..], type);
        MemoryMarshal.Write(_buffer[6..], flags);
    }

    public readonly ushort Type => MemoryMarshal.Read<ushort>(_buffer[4..]);

    /// <summary>Appends a field of the fixed part, unaligned.</summary>
    public void Put<T>(T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(_buffer[_length..], value);
        _length += System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
    }

    public void Attribute(int type, scoped ReadOnlySpan<byte> value)
    {
        MemoryMarshal.Write(_buffer[_length..], (ushort)(4 + value.Length));
        MemoryMarshal.Write(_buffer[(_length + 2)..], (ushort)type);
        value.CopyTo(_buffer[(_length + 4)..]);
        int end = _length + 4 + value.Length;
        _length = (end + 3) & ~3;
        _buffer[end.._length].Clear();
    }

    public void Attribute<T>(int type, T value)
        where T : unmanaged =>
        Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>A NUL-terminated UTF-8 string.</summary>
    public void AttributeString(int type, string value)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        int count = Encoding.UTF8.GetBytes(value, bytes);
        bytes[count] = 0;
        Attribute(type, bytes[..(count + 1)]);
    }

    /// <summary>An address in network byte order, 4 or 16 bytes.</summary>
    public void AttributeAddress(int type, IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int count);
        Attribute(type, bytes[..count]);
    }

    /// <summary>Opens a nested attribute; pass the result to <see cref="EndNest"/>.</summary>
    public int BeginNest(int type)
    {
        int start = _length;
        Attribute((ushort)type | Nested, default);
        return start;
    }

    public readonly void EndNest(int start) => MemoryMarshal.Write(_buffer[start..], (ushort)(_length - start));

    internal readonly Span<byte> Finish(uint sequence, ushort extraFlags)
    {
        MemoryMarshal.Write(_buffer, (uint)_length);
        ushort flags = MemoryMarshal.Read<ushort>(_buffer[6..]);
        MemoryMarshal.Write(_buffer[6..], (ushort)(flags | extraFlags));
        MemoryMarshal.Write(_buffer[8..], sequence);
        return _buffer[.._length];
    }
}
