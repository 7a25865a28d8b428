using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>What the agent keeps of the API's objects: it holds all of a cluster's, and uses little of each.</summary>
internal static class AgentResources
{
    private static readonly string[] None = [];

    public static KubeResource<Node> Nodes { get; } = KubeResources.Nodes with { Keep = Keep };

    public static KubeResource<Service> Services { get; } = KubeResources.Services with
    {
        Keep = s => s with { Metadata = s.Metadata.Keeping(ServiceFilter.Labels, [ServiceFacts.AlgorithmAnnotation]) },
    };

    public static KubeResource<EndpointSlice> EndpointSlices { get; } = KubeResources.EndpointSlices with
    {
        Keep = s => s with { Metadata = s.Metadata.Keeping([EndpointSlice.ServiceNameLabel, .. ServiceFilter.Labels], [ServiceStore.TriggerTime]) },
    };

    private static Node Keep(Node node) => node with
    {
        Metadata = node.Metadata.Keeping([Node.ZoneLabel], None),
        Status = new NodeStatus { Addresses = [.. node.Status.Addresses.Where(a => a.Type == NodeAddress.InternalIP)] },
    };
}
