namespace Netweir.Support.Packets;

public sealed record IPv6Header : IpHeader
{
    public const int Size = 40;

    /// <summary>20 bits.</summary>
    public uint FlowLabel { get; init; }

    /// <summary>In wire order.</summary>
    public ValueList<IPv6Extension> Extensions { get; init; }

    public override FragmentInfo? Fragment
    {
        get
        {
            var header = Extensions.OfType<IPv6FragmentExtension>().FirstOrDefault();
            return header is null ? null : new(header.Id, header.Offset, header.More);
        }
    }
}
