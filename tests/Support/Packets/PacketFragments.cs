namespace Netweir.Support.Packets;

/// <summary>Fragmentation: RFC 791, 3.2 and RFC 8200, 4.5.</summary>
public static class PacketFragments
{
    /// <summary>
    /// Marks one packet as a fragment. With an offset its L4 header is dropped and its payload is what the fragment carries; a first
    /// fragment's checksum covers its own bytes. For fragments of a real whole use <see cref="FragmentInto"/>.
    /// </summary>
    /// <param name="offset">In bytes, a multiple of 8.</param>
    public static Packet Fragment(this Packet packet, uint id, int offset, bool more)
    {
        if (offset % 8 != 0 || offset is < 0 or > 65528)
        {
            throw new ArgumentException($"A fragment cannot begin at byte {offset}: use a multiple of 8 up to 65528.");
        }
        var l4 = offset > 0 ? new RawHeader(packet.Need<L4Header>(packet.L4).Protocol) : packet.L4;
        return packet.Ip switch
        {
            IPv4Header ip => packet with
            {
                Ip = ip with { Id = (ushort)id, FragmentOffset = offset, MoreFragments = more, DontFragment = false },
                L4 = l4,
            },
            IPv6Header ip => packet with
            {
                Ip = ip with { Extensions = ip.Extensions.Add(new IPv6FragmentExtension { Id = id, Offset = offset, More = more }) },
                L4 = l4,
            },
            _ => throw new InvalidOperationException($"Only IP packets have fragments, not: {packet}"),
        };
    }

    /// <summary>Cuts a whole packet; the first fragment keeps the whole's L4 checksum and length.</summary>
    /// <param name="size">Bytes of L4 in each fragment but the last, a multiple of 8.</param>
    public static IReadOnlyList<Packet> FragmentInto(this Packet packet, uint id, int size)
    {
        var segment = PacketWriter.Segment(packet, packet.NeedIp());
        var raw = packet with { L4 = new RawHeader(packet.Need<L4Header>(packet.L4).Protocol), Vxlan = null, Inner = null, Embedded = null };
        List<Packet> fragments = [];
        for (var offset = 0; offset < segment.Length; offset += size)
        {
            var end = Math.Min(offset + size, segment.Length);
            var fragment = raw.Payload(new PacketBytes(segment.AsSpan(offset..end))).Fragment(id, offset, end < segment.Length);
            fragments.Add(Reparsed(fragment));
        }
        return fragments;
    }

    /// <summary>The whole, in the headers of the first fragment; verifies its checksums.</summary>
    /// <exception cref="PacketFormatException">A fragment is missing, overlaps or is of another packet, or a checksum is wrong.</exception>
    public static Packet Reassemble(IEnumerable<Packet> fragments)
    {
        var sorted = fragments.OrderBy(f => Info(f).Offset).ToList();
        var segment = new List<byte>();
        foreach (var fragment in sorted)
        {
            var (id, offset, more) = Info(fragment);
            PacketReader.Check(id == Info(sorted[0]).Id, $"fragment is of packet {id}, should be of {Info(sorted[0]).Id}: {fragment}");
            PacketReader.Check(offset == segment.Count, $"fragment begins at {offset}, should begin at {segment.Count}: {fragment}");
            PacketReader.Check(more == (fragment != sorted[^1]), $"fragment is{(more ? "" : " not")} followed by more: {fragment}");
            segment.AddRange(PacketWriter.Segment(fragment, fragment.NeedIp()));
        }
        PacketReader.Check(sorted.Count > 0, "there are no fragments");
        var first = sorted[0];
        var whole = first with
        {
            Ip = Unfragmented(first.NeedIp()),
            L4 = new RawHeader(first.Need<L4Header>(first.L4).Protocol),
            Payload = new(segment.ToArray()),
        };
        return Reparsed(whole);
    }

    private static FragmentInfo Info(Packet packet) =>
        packet.Ip?.Fragment ?? throw new PacketFormatException($"is no fragment: {packet}");

    private static IpHeader Unfragmented(IpHeader ip) => ip switch
    {
        IPv4Header v4 => v4 with { FragmentOffset = 0, MoreFragments = false },
        IPv6Header v6 => v6 with { Extensions = new(v6.Extensions.Where(e => e is not IPv6FragmentExtension)) },
        _ => ip,
    };

    private static Packet Reparsed(Packet packet) =>
        packet.Ethernet is null ? Packet.ParseIp(packet.Serialize()) : Packet.Parse(packet.Serialize());
}
