using System.Collections.Immutable;

namespace Netweir.Loader;

/// <summary>One BTF type. Which properties mean something depends on <see cref="Kind"/>.</summary>
public sealed record BtfType
{
    public required uint Id { get; init; }
    public required BtfKind Kind { get; init; }

    /// <summary>Empty when anonymous.</summary>
    public required string Name { get; init; }

    /// <summary>In bytes: Int, Struct, Union, Enum, Enum64, Datasec, Float.</summary>
    public uint Size { get; init; }

    /// <summary>The type referred to (Ptr, Typedef, Volatile, Const, Restrict, Var, TypeTag), or of an Array's elements.</summary>
    public uint Target { get; init; }

    /// <summary>Array: how many elements.</summary>
    public uint Length { get; init; }

    /// <summary>Int, Enum, Enum64.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Struct and Union; of a Datasec its variables (offset and size as the compiler wrote them).</summary>
    public ImmutableArray<BtfMember> Members { get; init; } = [];

    /// <summary>Enum and Enum64.</summary>
    public ImmutableArray<BtfEnumerator> Enumerators { get; init; } = [];
}
