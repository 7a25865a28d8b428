using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>A filter at a clsact hook.</summary>
public sealed record TcFilter
{
    internal const int AttributeKind = 1;
    internal const int AttributeOptions = 2;
    internal const int BpfFd = 6;
    internal const int BpfName = 7;
    internal const int BpfFlags = 8;
    internal const int BpfId = 11;
    internal const uint BpfFlagDirectAction = 1;

    public required int LinkIndex { get; init; }

    public required TcDirection Direction { get; init; }

    public required uint Handle { get; init; }

    /// <summary>Lower runs first.</summary>
    public required ushort Priority { get; init; }

    /// <summary>EtherType in host byte order; ETH_P_ALL is 3.</summary>
    public required ushort Protocol { get; init; }

    /// <summary><c>bpf</c>, <c>flower</c>, <c>u32</c> and so on.</summary>
    public string Kind { get; init; } = string.Empty;

    /// <summary>The name given at attachment; only for <c>bpf</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Kernel id of the BPF program; 0 for other kinds.</summary>
    public uint ProgramId { get; init; }

    public bool DirectAction { get; init; }

    internal static TcFilter Parse(ReadOnlySpan<byte> body)
    {
        uint info = MemoryMarshal.Read<uint>(body[16..]);
        var filter = new TcFilter
        {
            LinkIndex = MemoryMarshal.Read<int>(body[4..]),
            Handle = MemoryMarshal.Read<uint>(body[8..]),
            Direction = (TcDirection)MemoryMarshal.Read<uint>(body[12..]),
            Priority = (ushort)(info >> 16),
            Protocol = BinaryPrimitives.ReverseEndianness((ushort)info),
        };
        foreach (NetlinkAttribute attribute in new AttributeReader(body[20..]))
        {
            filter = attribute.Type switch
            {
                AttributeKind => filter with { Kind = attribute.ReadString() },
                AttributeOptions => filter.WithOptions(attribute),
                _ => filter,
            };
        }

        return filter;
    }

    private TcFilter WithOptions(NetlinkAttribute options)
    {
        if (Kind != "bpf")
        {
            return this;
        }

        TcFilter filter = this;
        foreach (NetlinkAttribute attribute in options.Nested)
        {
            filter = attribute.Type switch
            {
                BpfName => filter with { Name = attribute.ReadString() },
                BpfId => filter with { ProgramId = attribute.Read<uint>() },
                BpfFlags => filter with { DirectAction = (attribute.Read<uint>() & BpfFlagDirectAction) != 0 },
                _ => filter,
            };
        }

        return filter;
    }
}
