namespace Netweir.Loader;

/// <summary>A global variable of a BPF object, such as <c>const volatile struct config config</c> in <c>.rodata</c>.</summary>
/// <param name="Offset">In bytes from the start of the section.</param>
/// <param name="Type">Its BTF type's id.</param>
public sealed record BpfVariable(string Name, string Section, uint Offset, uint Size, uint Type);
