using Netweir.Loader;

namespace Netweir.LayoutGen;

/// <summary>A BPF object's BTF -> C# source files. Pure.</summary>
public static class Generator
{
    private const string ExportPrefix = "unused_";

    /// <returns>File name -> content, sorted by name.</returns>
    /// <exception cref="LayoutException"/>
    public static SortedDictionary<string, string> Generate(BpfObjectFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var layout = new StructLayout(file.Btf);
        SortedDictionary<string, string> output = new(StringComparer.Ordinal);
        foreach (BtfType type in Structs(file, layout))
        {
            IReadOnlyList<Field> fields = layout.Fields(type);
            output[$"{KnownTypes.Struct(type.Name)}.g.cs"] = Emitter.Struct(type, fields);
            foreach (string text in fields.Select(f => f.Type).Where(t => t.StartsWith("FixedString", StringComparison.Ordinal)))
            {
                output[$"{text}.g.cs"] = Emitter.FixedString(uint.Parse(text["FixedString".Length..], System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        foreach (BtfType type in Enums(file))
        {
            output[$"{Names.Pascal(type.Name)}.g.cs"] = Emitter.Enum(type);
        }

        EmittedMap[] maps = [.. Shared(file).Select(m => Map(m, layout))];
        output["MapSpecs.g.cs"] = Emitter.MapSpecs(maps);
        output["NetweirMaps.g.cs"] = Emitter.TypedMaps(maps);
        return output;
    }

    /// <summary>A map that is not pinned is the programs' own scratch space: user space has no business in it.</summary>
    private static IEnumerable<MapSpec> Shared(BpfObjectFile file) => file.Maps.Where(m => m.PinnedByName);

    private static EmittedMap Map(MapSpec spec, StructLayout layout) => spec.KeyType != 0 && spec.ValueType != 0
        ? new EmittedMap(spec, Names.Map(spec.Name), layout.TypeName(spec.KeyType, $"map {spec.Name}: key"), layout.TypeName(spec.ValueType, $"map {spec.Name}: value"))
        : throw new LayoutException($"map {spec.Name} declares only sizes; declare it with __type(key, ...) and __type(value, ...)");

    private static List<BtfType> Structs(BpfObjectFile file, StructLayout layout)
    {
        IEnumerable<uint> mapTypes = Shared(file).SelectMany(m => new[] { m.KeyType, m.ValueType });
        IEnumerable<uint> variables = file.Variables.Where(v => v.Section == ".rodata").Select(v => v.Type);
        Queue<BtfType> pending = new(mapTypes.Concat(variables).Select(file.Btf.Resolve).Where(t => t.Kind == BtfKind.Struct));
        SortedDictionary<string, BtfType> found = new(StringComparer.Ordinal);
        while (pending.TryDequeue(out BtfType? type))
        {
            if (type.Name == KnownTypes.AddressStruct || !found.TryAdd(type.Name, type))
            {
                continue;
            }

            foreach (BtfType nested in layout.Nested(type))
            {
                pending.Enqueue(nested);
            }
        }

        return [.. found.Values];
    }

    private static IEnumerable<BtfType> Enums(BpfObjectFile file) => file.Variables
        .Where(v => v.Name.StartsWith(ExportPrefix, StringComparison.Ordinal))
        .Select(v => file.Btf.Resolve(v.Type))
        .Where(t => t.Kind == BtfKind.Enum);
}
