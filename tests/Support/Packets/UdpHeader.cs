namespace Netweir.Support.Packets;

public sealed record UdpHeader : PortHeader
{
    public const int Size = 8;

    public override byte Protocol => IpProtocol.Udp;

    /// <summary>The length field where it differs from what follows (first fragments, quoted packets); null means that it is right.</summary>
    public ushort? LengthField { get; init; }

    /// <summary>
    /// The checksum field where it does not match the bytes of this packet; null means that it does. A first fragment of a
    /// larger datagram and a packet quoted in part hold the whole datagram's checksum here. UDP: 0 is "no checksum".
    /// </summary>
    public ushort? Checksum { get; init; }
}
