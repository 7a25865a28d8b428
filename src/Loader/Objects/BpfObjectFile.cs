using System.Collections.Immutable;
using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>
/// What a compiled BPF object declares: types, maps and variables. Pure data, read without libbpf, kernel or privileges; what
/// <see cref="OpenObject"/> loads is the same bytes.
/// </summary>
public sealed class BpfObjectFile
{
    private const uint PinByName = 1;

    private BpfObjectFile(ReadOnlyMemory<byte> content, Btf btf, ImmutableArray<MapSpec> maps, ImmutableArray<BpfVariable> variables)
    {
        Content = content;
        Btf = btf;
        Maps = maps;
        Variables = variables;
    }

    public ReadOnlyMemory<byte> Content { get; }

    public Btf Btf { get; }

    /// <summary>In the order of their names.</summary>
    public ImmutableArray<MapSpec> Maps { get; }

    public ImmutableArray<BpfVariable> Variables { get; }

    /// <exception cref="BtfFormatException">The file is no BPF object, or was compiled without BTF (<c>clang -g</c>).</exception>
    /// <exception cref="IOException"/>
    public static BpfObjectFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (BtfFormatException e)
        {
            throw new BtfFormatException($"{path}: {e.Message} Put the whole file in place again ('make bpf' builds it).", e);
        }
    }

    /// <exception cref="BtfFormatException"/>
    public static BpfObjectFile Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            return ParseWhole(content);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException or KeyNotFoundException)
        {
            // A length or an index in the file leads outside of it.
            throw new BtfFormatException("The object is cut off or damaged.", e);
        }
    }

    private static BpfObjectFile ParseWhole(ReadOnlyMemory<byte> content)
    {
        ElfFile elf = ElfFile.Parse(content);
        ReadOnlyMemory<byte> raw = elf.Content(".BTF")
            ?? throw new BtfFormatException("The object has no .BTF section: compile it with 'clang -g -target bpf'.");
        Btf btf = Btf.Parse(raw.Span);
        return new BpfObjectFile(content, btf, ReadMaps(btf), ReadVariables(btf, elf));
    }

    public BpfVariable? FindVariable(string name) => Variables.FirstOrDefault(v => v.Name == name);

    public MapSpec? FindMap(string name) => Maps.FirstOrDefault(m => m.Name == name);

    private static ImmutableArray<MapSpec> ReadMaps(Btf btf)
    {
        BtfType? section = btf.Find(BtfKind.Datasec, ".maps");
        return section is null
            ? []
            : [.. section.Members.Select(m => ReadMap(btf, btf[m.Type])).OrderBy(m => m.Name, StringComparer.Ordinal)];
    }

    private static MapSpec ReadMap(Btf btf, BtfType variable)
    {
        uint Number(string field)
        {
            BtfType? pointer = Field(field);
            return pointer is null ? 0 : btf.Resolve(pointer.Target).Length;
        }

        BtfType? Field(string field)
        {
            BtfMember member = btf.Resolve(variable.Target).Members.FirstOrDefault(m => m.Name == field);
            return member.Type == 0 ? null : btf.Resolve(member.Type);
        }

        uint Size(BtfType? pointer, string field) => pointer is null ? Number(field) : btf.SizeOf(pointer.Target);

        BtfType? key = Field("key"), value = Field("value");
        return new MapSpec
        {
            Name = variable.Name,
            Type = (bpf_map_type)Number("type"),
            KeySize = Size(key, "key_size"),
            ValueSize = Size(value, "value_size"),
            KeyType = key?.Target ?? 0,
            ValueType = value?.Target ?? 0,
            MaxEntries = Number("max_entries"),
            MapFlags = Number("map_flags"),
            PinnedByName = Number("pinning") == PinByName,
        };
    }

    /// <summary>Offsets come from the symbol table: the compiler leaves them 0 in a relocatable object's BTF.</summary>
    private static ImmutableArray<BpfVariable> ReadVariables(Btf btf, ElfFile elf)
    {
        ILookup<string, ElfSymbol> symbols = elf.Symbols().ToLookup(s => s.Name);
        ImmutableArray<BpfVariable>.Builder variables = ImmutableArray.CreateBuilder<BpfVariable>();
        foreach (BtfType section in btf.Types.Where(t => t.Kind == BtfKind.Datasec && t.Name is not (".maps" or "license")))
        {
            foreach (BtfType variable in section.Members.Select(m => btf[m.Type]))
            {
                ElfSymbol symbol = symbols[variable.Name].FirstOrDefault(s => s.Section == section.Name);
                if (symbol.Name is not null)
                {
                    variables.Add(new BpfVariable(variable.Name, section.Name, (uint)symbol.Offset, btf.SizeOf(variable.Target), variable.Target));
                }
            }
        }

        return variables.ToImmutable();
    }
}
