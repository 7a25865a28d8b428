using Netweir.Loader;

namespace Netweir.LayoutGen;

/// <summary>Checks a struct of the datapath and translates its fields. Refuses what two compilers could lay out differently.</summary>
internal sealed class StructLayout(Btf btf)
{
    private readonly Btf _btf = btf;

    public IReadOnlyList<Field> Fields(BtfType type)
    {
        List<Field> fields = [];
        uint end = 0;
        BtfMember previous = default;
        foreach (BtfMember member in type.Members)
        {
            if (member.BitfieldSize != 0 || member.BitOffset % 8 != 0)
            {
                throw new LayoutException($"struct {type.Name}: field {member.Name} is a bitfield; use a whole integer and an enum of flags");
            }

            RefusePadding(type, previous, end, member.Offset);
            fields.Add(Translate(type, member));
            end = member.Offset + _btf.SizeOf(member.Type);
            previous = member;
        }

        RefusePadding(type, previous, end, type.Size);
        return fields;
    }

    /// <summary>Structs that a type contains and that need a C# counterpart of their own.</summary>
    public IEnumerable<BtfType> Nested(BtfType type) => type.Members
        .Select(m => _btf.Resolve(m.Type))
        .Where(t => t.Kind == BtfKind.Struct && t.Name != KnownTypes.AddressStruct);

    /// <summary>The C# type of a map's key or value.</summary>
    public string TypeName(uint id, string context)
    {
        BtfType type = _btf.Unqualified(id);
        if (type.Kind == BtfKind.Typedef && KnownTypes.Typedef(type.Name) is { } known)
        {
            return known;
        }

        type = _btf.Resolve(id);
        return type.Kind switch
        {
            BtfKind.Struct when type.Name == KnownTypes.AddressStruct => "Address",
            BtfKind.Struct when type.Name.Length > 0 => KnownTypes.Struct(type.Name),
            BtfKind.Int => KnownTypes.Integer(type),
            BtfKind.Enum => Names.Pascal(type.Name),
            _ => throw new LayoutException($"{context}: a {type.Kind} has no C# counterpart here; use fixed-width integers, structs, __u8[6] or char[N]"),
        };
    }

    private Field Translate(BtfType owner, BtfMember member)
    {
        BtfType type = _btf.Resolve(member.Type);
        string context = $"struct {owner.Name}: field {member.Name}";
        if (IsPadding(member.Name))
        {
            return new Field("", "byte", member.Offset, _btf.SizeOf(member.Type));
        }

        string csharp = type.Kind == BtfKind.Array ? ArrayType(type, context) : TypeName(member.Type, context);
        string name = Names.Pascal(member.Name);
        return new Field(name, csharp, member.Offset, 1);
    }

    private string ArrayType(BtfType array, string context)
    {
        BtfType element = _btf.Resolve(array.Target);
        bool isByte = element is { Kind: BtfKind.Int, Size: 1 };
        if (isByte && element.Name == "char")
        {
            return $"FixedString{array.Length}";
        }

        return isByte && array.Length == 6
            ? "Mac"
            : throw new LayoutException($"{context}: an array of {array.Length} {element.Name} has no C# counterpart; known are char[N] (text) and __u8[6] (MAC)");
    }

    private static bool IsPadding(string name) => name.StartsWith("pad", StringComparison.Ordinal) && name[3..].All(char.IsAsciiDigit);

    private static void RefusePadding(BtfType type, BtfMember previous, uint end, uint next)
    {
        if (end != next)
        {
            throw new LayoutException(
                $"struct {type.Name}: {next - end} bytes of implicit padding after field {previous.Name}, at offset {end}; add a named field '__u8 pad[{next - end}]'");
        }
    }
}
