namespace Netweir.Support.Packets;

public abstract record PortHeader : L4Header
{
    public required ushort SourcePort { get; init; }

    public required ushort DestinationPort { get; init; }
}
