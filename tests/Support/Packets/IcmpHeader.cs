namespace Netweir.Support.Packets;

/// <summary>ICMP and ICMPv6: eight bytes; what follows is <see cref="Packet.Payload"/> or <see cref="Packet.Embedded"/>.</summary>
public sealed record IcmpHeader : L4Header
{
    public const int Size = 8;

    public required bool IsIcmp6 { get; init; }

    public override byte Protocol => IsIcmp6 ? IpProtocol.Icmp6 : IpProtocol.Icmp;

    public required byte Type { get; init; }

    public byte Code { get; init; }

    /// <summary>Bytes 4 to 7 as a big-endian number: identifier and sequence, or unused and MTU.</summary>
    public uint Rest { get; init; }

    public ushort Id => (ushort)(Rest >> 16);

    public ushort Sequence => (ushort)Rest;

    /// <inheritdoc cref="UdpHeader.Checksum"/>
    public ushort? Checksum { get; init; }

    /// <summary>Whether the type is an error, which quotes the packet that it is about.</summary>
    public bool IsError => IsIcmp6 ? Type is >= 1 and <= 4 : Type is 3 or 4 or 5 or 11 or 12;

    public bool IsEchoRequest => Type == (IsIcmp6 ? 128 : 8);

    public bool IsEchoReply => Type == (IsIcmp6 ? 129 : 0);
}
