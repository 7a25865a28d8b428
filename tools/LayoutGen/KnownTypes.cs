using Netweir.Loader;

namespace Netweir.LayoutGen;

/// <summary>Types whose C# side is written by hand, in src/Maps, because they mean more than their bytes.</summary>
internal static class KnownTypes
{
    public const string AddressStruct = "address";

    public static string? Typedef(string name) => name switch
    {
        "__be16" => "Be16",
        "__be32" => "Be32",
        _ => null,
    };

    /// <summary>The C# name of a struct; <c>tuple</c> would hide System.Tuple.</summary>
    public static string Struct(string name) => name == "tuple" ? "FlowTuple" : Names.Pascal(name);

    public static string Integer(BtfType type) => (type.Size, type.IsSigned) switch
    {
        (1, false) => "byte",
        (1, true) => "sbyte",
        (2, false) => "ushort",
        (2, true) => "short",
        (4, false) => "uint",
        (4, true) => "int",
        (8, false) => "ulong",
        (8, true) => "long",
        _ => throw new LayoutException($"integer {type.Name} of {type.Size} bytes has no C# counterpart"),
    };
}
