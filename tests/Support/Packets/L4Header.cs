namespace Netweir.Support.Packets;

/// <summary>The header above IP. Its checksum follows from the packet unless the derived type says otherwise.</summary>
public abstract record L4Header
{
    public abstract byte Protocol { get; }
}
