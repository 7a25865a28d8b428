namespace Netweir.Support.Packets;

/// <summary>The ports of a header that is cut, as ICMP errors quote it; the rest of it is <see cref="Packet.Payload"/>.</summary>
public sealed record TruncatedHeader(byte Number) : PortHeader
{
    public override byte Protocol => Number;
}
