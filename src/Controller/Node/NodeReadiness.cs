using System.Net;

namespace Netweir.Controller;

/// <summary>What the API must say before anything is done on this node.</summary>
internal static class NodeReadiness
{
    /// <summary>Null when this node can be set up, else what is missing and where it comes from.</summary>
    public static string? Missing(NodeFacts? own, string name) => own switch
    {
        null => $"the API has no Node '{name}': is the kubelet running, and does --node-name equal its name?",
        { InternalIPs.Count: 0 } => $"Node '{name}' has no InternalIP: the kubelet (--node-ip) or the cloud controller sets it",
        { PodCidrs.Count: 0 } => $"Node '{name}' has no podCIDRs: run kube-controller-manager with --allocate-node-cidrs and --cluster-cidr",
        _ => null,
    };

    /// <summary>The API's ranges, or the configured ones where the API has none. Null: neither.</summary>
    public static IReadOnlyList<IPNetwork>? ServiceCidrs(ClusterSnapshot cluster, AgentOptions options) =>
        cluster.ServiceCidrs.Count > 0 ? cluster.ServiceCidrs : options.ServiceCidrs.Count > 0 ? options.ServiceCidrs : null;
}
