using System.Collections.Immutable;

namespace Netweir.Loader;

/// <summary>The types that a BPF object, a loaded map or the kernel describes itself with. Pure data: needs no kernel.</summary>
public sealed class Btf
{
    private static readonly BtfType s_void = new() { Id = 0, Kind = BtfKind.Void, Name = "void" };

    private Btf(ImmutableArray<BtfType> types) => Types = types;

    /// <summary>By id; 0 is void.</summary>
    public ImmutableArray<BtfType> Types { get; }

    public BtfType this[uint id] => id < Types.Length
        ? Types[(int)id]
        : throw new BtfFormatException($"BTF refers to type {id}, but has only {Types.Length}.");

    /// <summary>Parses raw little-endian BTF, the content of an object's .BTF section.</summary>
    /// <exception cref="BtfFormatException"/>
    public static Btf Parse(ReadOnlySpan<byte> raw)
    {
        var cursor = new BtfCursor(raw);
        ImmutableArray<BtfType>.Builder types = ImmutableArray.CreateBuilder<BtfType>();
        types.Add(s_void);
        while (!cursor.AtEnd)
        {
            types.Add(ReadType(ref cursor, (uint)types.Count));
        }

        return new Btf(types.ToImmutable());
    }

    public BtfType? Find(BtfKind kind, string name) => Types.FirstOrDefault(t => t.Kind == kind && t.Name == name);

    /// <summary>The type behind const, volatile, restrict and type tags; typedefs are kept.</summary>
    public BtfType Unqualified(uint id)
    {
        BtfType type = this[id];
        for (int depth = 0; type.Kind is BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag && depth < 32; depth++)
        {
            type = this[type.Target];
        }

        return type;
    }

    /// <summary>The type behind qualifiers and typedefs.</summary>
    public BtfType Resolve(uint id)
    {
        BtfType type = Unqualified(id);
        for (int depth = 0; type.Kind == BtfKind.Typedef && depth < 32; depth++)
        {
            type = Unqualified(type.Target);
        }

        return type;
    }

    /// <summary>In bytes. Bounded, as all walks along types: those of a damaged file may go in circles.</summary>
    public uint SizeOf(uint id)
    {
        BtfType type = Resolve(id);
        uint count = 1;
        for (int depth = 0; type.Kind == BtfKind.Array && depth < 32; depth++)
        {
            count *= type.Length;
            type = Resolve(type.Target);
        }

        return count * (type.Kind == BtfKind.Ptr ? 8 : type.Size);
    }

    private static BtfType ReadType(ref BtfCursor cursor, uint id)
    {
        string name = cursor.Text(cursor.Next());
        uint info = cursor.Next();
        uint sizeOrType = cursor.Next();
        uint vlen = info & 0xffff;
        bool flag = info >> 31 != 0;
        var kind = (BtfKind)((info >> 24) & 0x1f);
        var type = new BtfType { Id = id, Kind = kind, Name = name, Size = sizeOrType };
        switch (kind)
        {
            case BtfKind.Int:
                return type with { IsSigned = ((cursor.Next() >> 24) & 1) != 0 };
            case BtfKind.Array:
                uint element = cursor.Next();
                cursor.Next();
                return type with { Size = 0, Target = element, Length = cursor.Next() };
            case BtfKind.Struct or BtfKind.Union:
                return type with { Members = ReadMembers(ref cursor, vlen, flag) };
            case BtfKind.Enum or BtfKind.Enum64:
                return type with { IsSigned = flag, Enumerators = ReadEnumerators(ref cursor, vlen, flag, kind == BtfKind.Enum64) };
            case BtfKind.Datasec:
                return type with { Members = ReadVariables(ref cursor, vlen) };
            case BtfKind.FuncProto:
                cursor.Skip((int)vlen * 8);
                return type with { Size = 0, Target = sizeOrType };
            case BtfKind.Var or BtfKind.DeclTag:
                cursor.Skip(4);
                return type with { Size = 0, Target = sizeOrType };
            case BtfKind.Ptr or BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.Func or BtfKind.TypeTag:
                return type with { Size = 0, Target = sizeOrType };
            case BtfKind.Fwd or BtfKind.Float:
                return type;
            default:
                throw new BtfFormatException($"BTF type {id} has the unknown kind {(int)kind}.");
        }
    }

    private static ImmutableArray<BtfMember> ReadMembers(ref BtfCursor cursor, uint count, bool bitfields)
    {
        var members = new BtfMember[count];
        for (int i = 0; i < members.Length; i++)
        {
            string name = cursor.Text(cursor.Next());
            uint type = cursor.Next();
            uint offset = cursor.Next();
            members[i] = bitfields
                ? new BtfMember(name, type, offset & 0xff_ffff, offset >> 24)
                : new BtfMember(name, type, offset, 0);
        }

        return [.. members];
    }

    private static ImmutableArray<BtfEnumerator> ReadEnumerators(ref BtfCursor cursor, uint count, bool signed, bool wide)
    {
        var enumerators = new BtfEnumerator[count];
        for (int i = 0; i < enumerators.Length; i++)
        {
            string name = cursor.Text(cursor.Next());
            uint low = cursor.Next();
            long value = wide ? (long)(((ulong)cursor.Next() << 32) | low) : signed ? (int)low : low;
            enumerators[i] = new BtfEnumerator(name, value);
        }

        return [.. enumerators];
    }

    private static ImmutableArray<BtfMember> ReadVariables(ref BtfCursor cursor, uint count)
    {
        var variables = new BtfMember[count];
        for (int i = 0; i < variables.Length; i++)
        {
            uint type = cursor.Next();
            uint offset = cursor.Next();
            cursor.Next();
            variables[i] = new BtfMember("", type, offset * 8, 0);
        }

        return [.. variables];
    }
}
