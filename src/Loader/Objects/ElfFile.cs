using System.Buffers.Binary;
using System.Text;

namespace Netweir.Loader;

/// <summary>Sections and symbols of a 64-bit little-endian relocatable ELF file: as much as a BPF object has.</summary>
internal sealed class ElfFile
{
    private const ushort MachineBpf = 247;
    private const uint SectionSymbolTable = 2;
    private const uint SectionNoBits = 8;
    private readonly ReadOnlyMemory<byte> _file;
    private readonly List<Section> _sections = [];

    private ElfFile(ReadOnlyMemory<byte> file) => _file = file;

    private readonly record struct Section(string Name, uint Type, ReadOnlyMemory<byte> Content, uint Link);

    public static ElfFile Parse(ReadOnlyMemory<byte> file)
    {
        ReadOnlySpan<byte> head = file.Span;
        if (head.Length < 64 || !head[..6].SequenceEqual("\u007fELF\u0002\u0001"u8) || U16(head, 18) != MachineBpf)
        {
            throw new BtfFormatException("This is no BPF object: a little-endian 64-bit ELF file for the machine BPF was expected.");
        }

        var elf = new ElfFile(file);
        elf.ReadSections();
        return elf;
    }

    public ReadOnlyMemory<byte>? Content(string section)
    {
        int index = _sections.FindIndex(s => s.Name == section);
        return index < 0 ? null : _sections[index].Content;
    }

    public IEnumerable<ElfSymbol> Symbols()
    {
        foreach (Section table in _sections.Where(s => s.Type == SectionSymbolTable))
        {
            ReadOnlyMemory<byte> names = _sections[(int)table.Link].Content;
            for (int at = 0; at + 24 <= table.Content.Length; at += 24)
            {
                yield return ReadSymbol(table.Content.Span[at..], names.Span);
            }
        }
    }

    private ElfSymbol ReadSymbol(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> names)
    {
        int section = U16(symbol, 6);
        string sectionName = section < _sections.Count ? _sections[section].Name : "";
        return new ElfSymbol(Text(names, U32(symbol, 0)), sectionName, U64(symbol, 8), U64(symbol, 16));
    }

    private void ReadSections()
    {
        ReadOnlySpan<byte> file = _file.Span;
        ulong table = U64(file, 40);
        int entrySize = U16(file, 58), count = U16(file, 60), namesIndex = U16(file, 62);
        ReadOnlySpan<byte> names = Bytes(SectionHeader(table, entrySize, namesIndex)).Span;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = SectionHeader(table, entrySize, i);
            _sections.Add(new Section(Text(names, U32(header, 0)), U32(header, 4), Bytes(header), U32(header, 40)));
        }
    }

    private ReadOnlySpan<byte> SectionHeader(ulong table, int entrySize, int index)
    {
        ulong start = table + ((ulong)index * (ulong)entrySize);
        return start + 64 <= (ulong)_file.Length
            ? _file.Span[(int)start..]
            : throw new BtfFormatException("The ELF file is cut off within its section headers.");
    }

    private ReadOnlyMemory<byte> Bytes(ReadOnlySpan<byte> header)
    {
        ulong start = U64(header, 24), size = U64(header, 32);
        if (U32(header, 4) == SectionNoBits)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        return start + size <= (ulong)_file.Length
            ? _file.Slice((int)start, (int)size)
            : throw new BtfFormatException("The ELF file is cut off within a section.");
    }

    private static string Text(ReadOnlySpan<byte> table, uint offset)
    {
        ReadOnlySpan<byte> rest = table[(int)offset..];
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
