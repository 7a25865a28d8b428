namespace Netweir.Support.Packets;

/// <summary>No header that is understood: later fragments, unknown protocols. All bytes are <see cref="Packet.Payload"/>.</summary>
public sealed record RawHeader(byte Number) : L4Header
{
    public override byte Protocol => Number;
}
