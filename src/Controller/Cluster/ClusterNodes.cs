using System.Net;

namespace Netweir.Controller;

/// <summary>All nodes, with every pod address claimed by at most one of them.</summary>
internal sealed record ClusterNodes
{
    /// <summary>This node; null while the API has no such Node.</summary>
    public required NodeFacts? Own { get; init; }

    /// <summary>The other nodes, by name.</summary>
    public required IReadOnlyList<NodeFacts> Peers { get; init; }

    /// <summary>One line per pod CIDR that a node does not get, because an older node has it.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Of overlapping pod CIDRs the one of the older node (creation time, then name) stays; others are taken away and reported.</summary>
    public static ClusterNodes Compute(IReadOnlyCollection<NodeFacts> nodes, string ownName)
    {
        var claims = new CidrClaims(nodes.SelectMany(n => n.PodCidrs));
        var problems = new List<string>();
        var kept = new List<NodeFacts>(nodes.Count);
        foreach (var node in nodes.OrderBy(n => n.Created).ThenBy(n => n.Name, StringComparer.Ordinal))
        {
            kept.Add(Keep(node, claims, problems));
        }
        kept.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return new ClusterNodes
        {
            Own = kept.Find(n => n.Name == ownName),
            Peers = kept.FindAll(n => n.Name != ownName),
            Problems = problems,
        };
    }

    private static NodeFacts Keep(NodeFacts node, CidrClaims claims, List<string> problems)
    {
        var cidrs = new List<IPNetwork>(node.PodCidrs.Count);
        foreach (var cidr in node.PodCidrs)
        {
            if (claims.TryClaim(cidr, node.Name, out var owner))
            {
                cidrs.Add(cidr);
            }
            else
            {
                problems.Add($"node {node.Name}: pod CIDR {cidr} overlaps one of node {owner}, which is older: "
                    + $"pods of {node.Name} in it are not reachable; delete the Node object of one of them, so that it gets another CIDR");
            }
        }
        return cidrs.Count == node.PodCidrs.Count ? node : node with { PodCidrs = cidrs };
    }
}
