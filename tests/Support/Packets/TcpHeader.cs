namespace Netweir.Support.Packets;

public sealed record TcpHeader : PortHeader
{
    public const int MinimumSize = 20;

    public override byte Protocol => IpProtocol.Tcp;

    public TcpFlags Flags { get; init; }

    public uint Sequence { get; init; } = 1;

    public uint Acknowledgment { get; init; }

    public ushort Window { get; init; } = 65535;

    public ushort UrgentPointer { get; init; }

    /// <summary>The four bits after the data offset.</summary>
    public byte Reserved { get; init; }

    /// <summary>A multiple of 4 bytes, at most 40.</summary>
    public PacketBytes Options { get; init; }

    /// <inheritdoc cref="UdpHeader.Checksum"/>
    public ushort? Checksum { get; init; }
}
