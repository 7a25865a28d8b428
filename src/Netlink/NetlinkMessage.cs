using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>One received message, in place.</summary>
internal readonly ref struct NetlinkMessage
{
    public ushort Type { get; private init; }

    public ushort Flags { get; private init; }

    public uint Sequence { get; private init; }

    public uint PortId { get; private init; }

    /// <summary>What follows the netlink header.</summary>
    public ReadOnlySpan<byte> Body { get; private init; }

    /// <summary>Takes the next message off <paramref name="rest"/>; false at the end or when what is left is malformed.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out NetlinkMessage message)
    {
        message = default;
        if (rest.Length < MessageWriter.HeaderLength)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(rest);
        if (length < MessageWriter.HeaderLength || length > rest.Length)
        {
            return false;
        }

        message = new NetlinkMessage
        {
            Type = MemoryMarshal.Read<ushort>(rest[4..]),
            Flags = MemoryMarshal.Read<ushort>(rest[6..]),
            Sequence = MemoryMarshal.Read<uint>(rest[8..]),
            PortId = MemoryMarshal.Read<uint>(rest[12..]),
            Body = rest[MessageWriter.HeaderLength..(int)length],
        };
        rest = rest[(int)Math.Min((length + 3) & ~3u, (uint)rest.Length)..];
        return true;
    }
}
