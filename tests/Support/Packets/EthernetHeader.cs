namespace Netweir.Support.Packets;

public sealed record EthernetHeader
{
    public const int Size = 14;
    public const ushort TypeIPv4 = 0x0800;
    public const ushort TypeArp = 0x0806;
    public const ushort TypeIPv6 = 0x86dd;

    public EthernetAddress Source { get; init; } = new(0x02_00_00_00_00_01);

    public EthernetAddress Destination { get; init; } = new(0x02_00_00_00_00_02);

    /// <summary>Only for frames that hold no IP; null means "the type of <see cref="Packet.Ip"/>".</summary>
    public ushort? EtherType { get; init; }
}
