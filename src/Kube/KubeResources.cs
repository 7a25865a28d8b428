namespace Netweir.Kube;

/// <summary>The resources that the agent and <c>ctl</c> read, and Events, which the agent writes.</summary>
public static class KubeResources
{
    public static KubeResource<Node> Nodes { get; } = new("/api/v1", "nodes", KubeJson.Default.Node);

    /// <summary>The same nodes, and whether they are ready: kept apart, because an agent holds every node of the cluster and never asks.</summary>
    public static KubeResource<NodeReadiness> NodeReadiness { get; } = new("/api/v1", "nodes", KubeJson.Default.NodeReadiness);

    public static KubeResource<Namespace> Namespaces { get; } = new("/api/v1", "namespaces", KubeJson.Default.Namespace);

    public static KubeResource<DaemonSet> DaemonSets { get; } = new("/apis/apps/v1", "daemonsets", KubeJson.Default.DaemonSet);

    public static KubeResource<Pod> Pods { get; } = new("/api/v1", "pods", KubeJson.Default.Pod);

    public static KubeResource<Service> Services { get; } = new("/api/v1", "services", KubeJson.Default.Service);

    public static KubeResource<EndpointSlice> EndpointSlices { get; } =
        new("/apis/discovery.k8s.io/v1", "endpointslices", KubeJson.Default.EndpointSlice);

    public static KubeResource<KubeEvent> Events { get; } = new("/apis/events.k8s.io/v1", "events", KubeJson.Default.KubeEvent);

    /// <summary>Served from Kubernetes 1.33 on: set <see cref="InformerOptions.AbsentIsEmpty"/> where older clusters are met.</summary>
    public static KubeResource<ServiceCidr> ServiceCidrs { get; } =
        new("/apis/networking.k8s.io/v1", "servicecidrs", KubeJson.Default.ServiceCidr);
}
