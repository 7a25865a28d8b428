using System.Net;

namespace Netweir.Controller;

/// <summary>
/// Refuses ranges of the API that would cut this node off: a route to such a range would take the place of the one that the node reaches its
/// neighbours or the API server by. Pure.
/// </summary>
internal static class RangeCheck
{
    private static readonly IPNetwork[] ReservedRanges =
    [
        new(IPAddress.Parse("127.0.0.0"), 8), new(IPAddress.Parse("169.254.0.0"), 16), new(IPAddress.Parse("224.0.0.0"), 4),
        new(IPAddress.IPv6Loopback, 128), new(IPAddress.Parse("fe80::"), 10), new(IPAddress.Parse("ff00::"), 8),
    ];

    private static readonly IPNetwork[] NoHosts = [new(IPAddress.Any, 8), new(IPAddress.Broadcast, 32), new(IPAddress.IPv6Any, 128)];

    /// <summary>The service ranges that may be used; one line in <paramref name="problems"/> for each of the others.</summary>
    /// <param name="attached">What this node's interfaces are attached to: their addresses' networks.</param>
    public static IReadOnlyList<IPNetwork> Services(
        IReadOnlyList<IPNetwork> ranges, IReadOnlyList<IPNetwork> attached, ICollection<string> problems) =>
        Keep(ranges, r => Conflict(r, attached), (r, with) => $"service range {r} is not used: it overlaps {with}", problems);

    /// <summary>The node with the pod CIDRs that may be used.</summary>
    public static NodeFacts Pods(
        NodeFacts node, IReadOnlyList<IPNetwork> services, IReadOnlyList<IPNetwork> attached, ICollection<string> problems)
    {
        var kept = Keep(
            node.PodCidrs,
            cidr => services.Where(s => s.Overlaps(cidr)).Select(s => $"the service range {s}").FirstOrDefault() ?? Conflict(cidr, attached),
            (cidr, with) => $"node {node.Name}: pod CIDR {cidr} is not used: it overlaps {with}",
            problems);
        return kept.Count == node.PodCidrs.Count ? node : node with { PodCidrs = kept };
    }

    /// <summary>The reserved range (loopback, link-local, multicast, broadcast, "this network") that an address is in, or null.</summary>
    public static IPNetwork? Reserved(IPAddress address)
    {
        var found = ReservedRanges.Concat(NoHosts).Where(r => r.Contains(address)).Take(1).ToList();
        return found.Count > 0 ? found[0] : null;
    }

    private static string? Conflict(IPNetwork range, IReadOnlyList<IPNetwork> attached) =>
        range.PrefixLength == 0 ? "every address"
        : ReservedRanges.Where(r => r.Overlaps(range)).Select(r => $"{r}, which is reserved").FirstOrDefault()
        ?? attached.Where(a => a.Overlaps(range)).Select(a => $"{a}, which this node is attached to").FirstOrDefault();

    private static List<IPNetwork> Keep(
        IReadOnlyList<IPNetwork> ranges, Func<IPNetwork, string?> conflict, Func<IPNetwork, string, string> message, ICollection<string> problems)
    {
        var kept = new List<IPNetwork>(ranges.Count);
        foreach (var range in ranges)
        {
            if (conflict(range) is { } with)
            {
                problems.Add($"{message(range, with)}; change it in the API, or the node's network");
            }
            else
            {
                kept.Add(range);
            }
        }
        return kept;
    }
}
