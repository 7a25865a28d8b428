namespace Netweir.Support.Packets;

/// <summary>The common header (RFC 9260, 3.1); chunks are <see cref="Packet.Payload"/>.</summary>
public sealed record SctpHeader : PortHeader
{
    public const int Size = 12;

    public override byte Protocol => IpProtocol.Sctp;

    public uint VerificationTag { get; init; }

    /// <summary>The CRC32c field where it does not match the bytes of this packet; null means that it does.</summary>
    public uint? Checksum { get; init; }
}
