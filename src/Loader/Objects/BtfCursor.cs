using System.Buffers.Binary;
using System.Text;

namespace Netweir.Loader;

/// <summary>Walks the type section of raw little-endian BTF (kernel: Documentation/bpf/btf.rst).</summary>
internal ref struct BtfCursor
{
    private const ushort Magic = 0xeb9f;
    private readonly ReadOnlySpan<byte> _strings;
    private ReadOnlySpan<byte> _types;

    public BtfCursor(ReadOnlySpan<byte> btf)
    {
        if (btf.Length < 24 || BinaryPrimitives.ReadUInt16LittleEndian(btf) != Magic)
        {
            throw new BtfFormatException("These bytes are no little-endian BTF: the magic number 0xeb9f is missing.");
        }

        uint header = At(btf, 4);
        _types = Slice(btf, header + At(btf, 8), At(btf, 12));
        _strings = Slice(btf, header + At(btf, 16), At(btf, 20));
    }

    public readonly bool AtEnd => _types.IsEmpty;

    public uint Next()
    {
        uint value = At(_types, 0);
        _types = _types[4..];
        return value;
    }

    public void Skip(int bytes)
    {
        if (bytes > _types.Length)
        {
            throw new BtfFormatException("The BTF type section ends within a type.");
        }

        _types = _types[bytes..];
    }

    public readonly string Text(uint offset) => Encoding.UTF8.GetString(Utf8(offset));

    public readonly ReadOnlySpan<byte> Utf8(uint offset)
    {
        if (offset >= _strings.Length)
        {
            throw new BtfFormatException($"BTF refers to the string at {offset}, but has only {_strings.Length} bytes of strings.");
        }

        ReadOnlySpan<byte> rest = _strings[(int)offset..];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    private static uint At(ReadOnlySpan<byte> bytes, int offset) => bytes.Length >= offset + 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..])
        : throw new BtfFormatException("The BTF type section ends within a type.");

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, uint start, uint length) => (ulong)start + length <= (ulong)bytes.Length
        ? bytes.Slice((int)start, (int)length)
        : throw new BtfFormatException($"The BTF header names a section of {length} bytes at {start}, but there are only {bytes.Length} bytes.");
}
