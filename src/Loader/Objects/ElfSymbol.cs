namespace Netweir.Loader;

/// <summary>A symbol of a relocatable ELF object: a variable or function at an offset of a section.</summary>
internal readonly record struct ElfSymbol(string Name, string Section, ulong Offset, ulong Size);
