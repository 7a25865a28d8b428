using System.Net;

namespace Netweir.Controller.Tests;

/// <summary>Short ways to write facts.</summary>
internal static class Make
{
    /// <summary>Addresses and CIDRs as text; each CIDR has a slash. Nodes made later are younger.</summary>
    public static NodeFacts Node(string name, params string[] facts) => new()
    {
        Name = name,
        Created = DateTimeOffset.UnixEpoch,
        InternalIPs = [.. facts.Where(f => !f.Contains('/', StringComparison.Ordinal)).Select(IPAddress.Parse)],
        PodCidrs = [.. facts.Where(f => f.Contains('/', StringComparison.Ordinal)).Select(IPNetwork.Parse)],
    };

    public static NodeFacts Aged(this NodeFacts node, int days) => node with { Created = DateTimeOffset.UnixEpoch.AddDays(-days) };
}
