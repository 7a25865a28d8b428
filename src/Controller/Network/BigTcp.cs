using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Whether packets of more than 64 KiB can be had, and how large.</summary>
internal static class BigTcp
{
    /// <summary>Bytes. Devices may take more (a veth 524280), which was not measured.</summary>
    public const int MaxSize = 3 * OffloadSizes.Legacy;

    /// <summary>
    /// The uplinks and what they are made of: a VLAN's lower device, a bond's or bridge's members. One that does not take such packets would have the
    /// kernel cut them up before it, which costs more than they save.
    /// </summary>
    public static IReadOnlyList<Link> Devices(IReadOnlyList<Link> links, IReadOnlyList<Uplink> uplinks)
    {
        var found = uplinks.Select(u => u.Ifindex).ToHashSet();
        for (var before = 0; before != found.Count;)
        {
            before = found.Count;
            foreach (var link in links.Where(l => found.Contains(l.Index)).ToList())
            {
                // A veth's peer is no lower device: what it is given, it takes.
                var lower = link is { Kind: not "veth", PeerIndex: > 0, LinkNamespaceId: null } ? link.PeerIndex : null;
                found.UnionWith(links.Where(l => l.Master == link.Index || l.Index == lower).Select(l => l.Index));
            }
        }
        return [.. links.Where(l => found.Contains(l.Index))];
    }

    /// <summary>Bytes, or 0 for none: then, if it was asked for, <paramref name="problems"/> says why.</summary>
    public static int Size(AgentOptions options, IReadOnlyList<Link> devices, IReadOnlyList<PeerWays> ways, ICollection<string> problems)
    {
        if (!options.BigTcp)
        {
            return 0;
        }
        var size = devices.Aggregate(MaxSize, (least, d) => Math.Min(least, d.TsoMaxSize));
        if (Obstacle(devices, ways, size) is { } obstacle)
        {
            problems.Add($"--big-tcp is not in use: {obstacle}");
            return 0;
        }
        return size;
    }

    private static string? Obstacle(IReadOnlyList<Link> devices, IReadOnlyList<PeerWays> ways, int size)
    {
        if (devices.Count == 0)
        {
            return "this node has no uplink";
        }
        if (ways.FirstOrDefault(w => w.IPv4.IsTunnel || w.IPv6.IsTunnel) is { } tunnel)
        {
            return $"node {tunnel.Peer.Name} is reached by VXLAN, where no packet is larger than 64 KiB; it needs every node to be reached directly";
        }
        if (devices.Any(d => !d.OffloadSizes.IsComplete || d.TsoMaxSize == 0))
        {
            return "this kernel does not have it for both families: run Linux 6.3 or later";
        }
        return size > OffloadSizes.Legacy ? null
            : $"{devices.MinBy(d => d.TsoMaxSize)!.Name} takes no packets of more than {size} bytes (tso_max_size in 'ip -d link'): that is its driver's limit";
    }
}
