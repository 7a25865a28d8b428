namespace Netweir.Loader;

/// <summary>A field of a struct or union.</summary>
/// <param name="Type">The type's id in the same <see cref="Btf"/>.</param>
/// <param name="BitOffset">From the start of the struct.</param>
/// <param name="BitfieldSize">In bits; 0: no bitfield.</param>
public readonly record struct BtfMember(string Name, uint Type, uint BitOffset, uint BitfieldSize)
{
    public uint Offset => BitOffset / 8;
}
