namespace Netweir.Support.Packets;

/// <summary>An extension header (RFC 8200, 4); which header is next follows from the packet.</summary>
public abstract record IPv6Extension
{
    public abstract byte Type { get; }

    public abstract int Size { get; }
}
