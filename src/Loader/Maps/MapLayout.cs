using System.Globalization;
using System.Text;
using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>Layouts as text: equal texts, equal layouts; unequal ones show people the difference.</summary>
internal static class MapLayout
{
    private const string Prefix = "BPF_MAP_TYPE_";

    public static string Describe(bpf_map_type type, uint keySize, uint valueSize, uint maxEntries, uint flags)
    {
        string name = type.ToString();
        name = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..].ToLowerInvariant() : name;
        return string.Create(CultureInfo.InvariantCulture, $"{name}, key of {keySize} bytes, value of {valueSize} bytes, {maxEntries} entries, flags 0x{flags:x}");
    }

    /// <summary><c>struct endpoint{ifindex:u32@0 mac:u8[6]@4}</c>: names, sizes and offsets, nested structs written out.</summary>
    public static string Describe(Btf btf, uint type)
    {
        var text = new StringBuilder();
        Append(text, btf, type, depth: 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Btf btf, uint id, int depth)
    {
        BtfType type = btf.Resolve(id);
        switch (type.Kind)
        {
            case BtfKind.Struct or BtfKind.Union when depth < 8:
                AppendStruct(text, btf, type, depth);
                break;
            case BtfKind.Array when depth < 8:
                Append(text, btf, type.Target, depth + 1);
                text.Append(CultureInfo.InvariantCulture, $"[{type.Length}]");
                break;
            case BtfKind.Int:
                text.Append(CultureInfo.InvariantCulture, $"{(type.IsSigned ? 'i' : 'u')}{type.Size * 8}");
                break;
            default:
                text.Append(CultureInfo.InvariantCulture, $"{type.Kind}:{btf.SizeOf(id) * 8}");
                break;
        }
    }

    private static void AppendStruct(StringBuilder text, Btf btf, BtfType type, int depth)
    {
        text.Append(CultureInfo.InvariantCulture, $"{type.Name}{{");
        foreach (BtfMember member in type.Members)
        {
            text.Append(member == type.Members[0] ? "" : " ").Append(member.Name).Append(':');
            Append(text, btf, member.Type, depth + 1);
            text.Append(CultureInfo.InvariantCulture, $"@{member.Offset}");
        }

        text.Append('}');
    }
}
