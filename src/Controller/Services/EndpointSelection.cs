namespace Netweir.Controller.Services;

/// <summary>
/// Which backends a Service port may choose on this node, for one address family. Follows Kubernetes' <c>pkg/proxy/topology.go</c> (v1.36):
/// <list type="number">
/// <item>Cluster list, when <see cref="TrafficPolicy.UsesCluster"/>: the ready ones that match the topology mode; if there are none, all
/// that are not ready but serving and terminating, whatever their hints.</item>
/// <item>Local list, when <see cref="TrafficPolicy.UsesLocal"/>: the ready ones on this node, whatever their hints; if there are none, those
/// on this node that are not ready but serving and terminating. Decided independently of the cluster list.</item>
/// <item>HasAny: anything ready, or serving and terminating, on any node.</item>
/// <item>Topology mode, decided over the ready ones alone: if every one has a node hint and at least one names this node, same node; else if
/// every one has a zone hint and at least one names this node's zone, same zone; else none. One without a hint switches its kind of hint off
/// for all.</item>
/// </list>
/// A destination whose list is empty drops when HasAny is true (the policy is Local and all backends are elsewhere) and rejects otherwise.
/// </summary>
internal static class EndpointSelection
{
    public static SelectedBackends Select(IReadOnlyList<BackendCandidate> candidates, TrafficPolicy policy, ThisNode node)
    {
        IReadOnlyList<BackendCandidate> cluster = [];
        if (policy.UsesCluster)
        {
            var mode = TopologyOf(candidates, node);
            cluster = candidates.All(c => c.Ready && Matches(c, mode, node)) ? candidates : [.. candidates.Where(c => c.Ready && Matches(c, mode, node))];
            if (cluster.Count == 0)
            {
                cluster = [.. candidates.Where(c => c.Serving && c.Terminating)];
            }
        }

        if (!policy.UsesLocal)
        {
            return new SelectedBackends(cluster, [], cluster.Count > 0);
        }

        IReadOnlyList<BackendCandidate> local = [.. candidates.Where(c => c.Local && c.Ready)];
        if (local.Count == 0)
        {
            local = [.. candidates.Where(c => c.Local && c.IsFallback)];
        }

        return new SelectedBackends(cluster, local, candidates.Any(c => c.Ready || c.IsFallback));
    }

    public static TopologyMode TopologyOf(IReadOnlyList<BackendCandidate> candidates, ThisNode node)
    {
        bool anyReady = false, allNodes = true, allZones = true, forNode = false, forZone = false;
        foreach (var candidate in candidates)
        {
            if (!candidate.Ready)
            {
                continue;
            }

            anyReady = true;
            allNodes &= candidate.NodeHints.Count > 0;
            allZones &= candidate.ZoneHints.Count > 0;
            forNode |= candidate.NodeHints.Contains(node.Name);
            forZone |= node.Zone is not null && candidate.ZoneHints.Contains(node.Zone);
        }

        return anyReady && allNodes && forNode ? TopologyMode.PreferSameNode
            : anyReady && allZones && forZone ? TopologyMode.PreferSameZone
            : TopologyMode.None;
    }

    private static bool Matches(BackendCandidate candidate, TopologyMode mode, ThisNode node) => mode switch
    {
        TopologyMode.PreferSameNode => candidate.NodeHints.Contains(node.Name),
        TopologyMode.PreferSameZone => node.Zone is not null && candidate.ZoneHints.Contains(node.Zone),
        _ => true,
    };
}
