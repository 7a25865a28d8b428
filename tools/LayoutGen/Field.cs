namespace Netweir.LayoutGen;

/// <summary>A C# field at its place; <see cref="Count"/> bytes of padding when <see cref="Name"/> is empty.</summary>
internal readonly record struct Field(string Name, string Type, uint Offset, uint Count);
