using System.Globalization;
using System.Text;

namespace Netweir.Bench;

/// <summary>
/// Services, EndpointSlices and Nodes as an API server sends them, with what agents have no use for too (managedFields, references, conditions, images):
/// reading past it is part of the work.
/// </summary>
internal sealed class FleetObjects(FleetSize size)
{
    private const string Time = "2026-01-05T08:00:00Z";
    private static readonly string[] Conditions = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"];
    private static readonly string Images = string.Join(',', Enumerable.Range(0, 50).Select(Image));

    public static string Namespace(int service) => $"team-{service % 100:00}";

    public static string ServiceName(int service) => string.Create(CultureInfo.InvariantCulture, $"svc-{service:000000}");

    public static string SliceName(int service) => string.Create(CultureInfo.InvariantCulture, $"svc-{service:000000}-{Hash(service):x5}");

    public static string NodeName(int node) => string.Create(CultureInfo.InvariantCulture, $"node-{node:00000}.example.internal");

    public static IReadOnlyDictionary<string, string> SliceLabels(int service) => new Dictionary<string, string>
    {
        ["app"] = ServiceName(service),
        ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
        ["kubernetes.io/service-name"] = ServiceName(service),
    };

    public static IReadOnlyDictionary<string, string> ServiceLabels(int service) => new Dictionary<string, string> { ["app"] = ServiceName(service) };

    public static byte[] Service(int service, long version) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$$$"""
        {"apiVersion":"v1","kind":"Service","metadata":{{{{{Metadata(ServiceName(service), Namespace(service), 1, service, version, ServiceLabels(service), "", "kubectl-client-side-apply")}}}}},"spec":{"clusterIP":"{{{{{FleetAddresses.Service(service)}}}}}","clusterIPs":["{{{{{FleetAddresses.Service(service)}}}}}"],"internalTrafficPolicy":"Cluster","ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","ports":[{"name":"http","port":80,"protocol":"TCP","targetPort":8080}],"selector":{"app":"{{{{{ServiceName(service)}}}}}"},"sessionAffinity":"None","type":"ClusterIP"},"status":{"loadBalancer":{}}}
        """));

    /// <param name="service">Whose.</param>
    /// <param name="version">Resource version.</param>
    /// <param name="mover">Above 0: the service's backend of this number has been replaced by this pod.</param>
    /// <param name="changed">When the pods changed, for the annotation; null: never since they were made.</param>
    public byte[] Slice(int service, long version, int mover, DateTimeOffset? changed)
    {
        var endpoints = new StringBuilder();
        for (var i = 0; i < size.BackendsPerService; i++)
        {
            endpoints.Append(i == 0 ? "" : ",").Append(Endpoint((service * size.BackendsPerService) + i, mover % size.BackendsPerService == i ? mover : 0));
        }

        var owner = $$$$$"""
            "generateName":"{{{{{ServiceName(service)}}}}}-","generation":1,"ownerReferences":[{"apiVersion":"v1","blockOwnerDeletion":true,"controller":true,"kind":"Service","name":"{{{{{ServiceName(service)}}}}}","uid":"{{{{{Uid(1, service)}}}}}"}],"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"{{{{{(changed is { } at ? at.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture) : Time)}}}}}"},
            """;
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$$$"""
            {"addressType":"IPv4","apiVersion":"discovery.k8s.io/v1","endpoints":[{{{{{endpoints}}}}}],"kind":"EndpointSlice","metadata":{{{{{Metadata(SliceName(service), Namespace(service), 2, service, version, SliceLabels(service), owner, "kube-controller-manager")}}}}},"ports":[{"name":"http","port":8080,"protocol":"TCP"}]}
            """));
    }

    /// <param name="node">Which.</param>
    /// <param name="version">Resource version.</param>
    /// <param name="heartbeat">When its kubelet reported last.</param>
    public static byte[] Node(int node, long version, DateTimeOffset heartbeat)
    {
        var labels = new Dictionary<string, string>
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = NodeName(node),
            ["kubernetes.io/os"] = "linux",
            ["node.kubernetes.io/instance-type"] = "m6i.4xlarge",
            ["topology.kubernetes.io/region"] = "eu-1",
            ["topology.kubernetes.io/zone"] = $"eu-1{(char)('a' + (node % 3))}",
        };
        var beat = heartbeat.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$$$"""
            {"apiVersion":"v1","kind":"Node","metadata":{{{{{Metadata(NodeName(node), "", 3, node, version, labels, "", "kubelet")}}}}},"spec":{"podCIDR":"{{{{{FleetAddresses.PodCidr(node)}}}}}","podCIDRs":["{{{{{FleetAddresses.PodCidr(node)}}}}}"],"providerID":"example:///eu-1/i-{{{{{Hash(node):x16}}}}}"},"status":{"addresses":[{"address":"{{{{{FleetAddresses.Node(node)}}}}}","type":"InternalIP"},{"address":"{{{{{NodeName(node)}}}}}","type":"Hostname"}],"allocatable":{"cpu":"15890m","ephemeral-storage":"95551679124","memory":"61234567Ki","pods":"250"},"capacity":{"cpu":"16","ephemeral-storage":"104845292Ki","memory":"64234567Ki","pods":"250"},"conditions":[{{{{{string.Join(',', Conditions.Select(c => Condition(c, beat)))}}}}}],"daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},"images":[{{{{{Images}}}}}],"nodeInfo":{"architecture":"amd64","bootID":"{{{{{Uid(4, node)}}}}}","containerRuntimeVersion":"containerd://2.1.4","kernelVersion":"6.12.41","kubeProxyVersion":"","kubeletVersion":"v1.34.1","machineID":"{{{{{Uid(5, node)}}}}}","operatingSystem":"linux","osImage":"Debian GNU/Linux 13 (trixie)","systemUUID":"{{{{{Uid(6, node)}}}}}"}}}
            """));
    }

    private string Endpoint(int pod, int mover)
    {
        var node = NodeName(pod % size.Nodes);
        var number = mover > 0 ? mover + size.Backends : pod;
        var address = mover > 0 ? FleetAddresses.Mover(mover) : FleetAddresses.Pod(pod, size.Nodes);
        return string.Create(CultureInfo.InvariantCulture, $$$$$"""
            {"addresses":["{{{{{address}}}}}"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"{{{{{node}}}}}","targetRef":{"kind":"Pod","name":"{{{{{ServiceName(pod / size.BackendsPerService)}}}}}-6d4cf56db6-{{{{{Hash(number):x5}}}}}","namespace":"{{{{{Namespace(pod / size.BackendsPerService)}}}}}","uid":"{{{{{Uid(7, number)}}}}}"},"zone":"eu-1{{{{{(char)('a' + (pod % size.Nodes % 3))}}}}}"}
            """);
    }

    private static string Metadata(
        string name, string ns, int kind, int number, long version, IReadOnlyDictionary<string, string> labels, string more, string manager) =>
        string.Create(CultureInfo.InvariantCulture, $$$$$"""
            {"name":"{{{{{name}}}}}",{{{{{(ns.Length > 0 ? $"\"namespace\":\"{ns}\"," : "")}}}}}{{{{{more}}}}}"labels":{{{{{{string.Join(',', labels.Select(l => $"\"{l.Key}\":\"{l.Value}\""))}}}}}},"uid":"{{{{{Uid(kind, number)}}}}}","resourceVersion":"{{{{{version}}}}}","creationTimestamp":"{{{{{Time}}}}}","managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:selector":{},"f:sessionAffinity":{},"f:type":{}}},"manager":"{{{{{manager}}}}}","operation":"Update","time":"{{{{{Time}}}}}"}]}
            """);

    private static string Condition(string type, string beat) => $$"""
        {"lastHeartbeatTime":"{{beat}}","lastTransitionTime":"{{Time}}","message":"kubelet has sufficient resources available","reason":"KubeletHasSufficientResources","status":"{{(type == "Ready" ? "True" : "False")}}","type":"{{type}}"}
        """;

    private static string Image(int image) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"names":["registry.example.internal/team/image-{{image}}@sha256:{{Hash(image):x16}}{{Hash(image + 1):x16}}{{Hash(image + 2):x16}}{{Hash(image + 3):x16}}","registry.example.internal/team/image-{{image}}:v1.{{image}}.0"],"sizeBytes":{{image * 7340033}}}
        """);

    private static string Uid(int kind, int number) => new Guid(number, (short)kind, 0x4a1b, BitConverter.GetBytes(Hash((kind * 1_000_003) + number))).ToString();

    /// <summary>The same on every machine: splitmix64.</summary>
    private static ulong Hash(int number)
    {
        var x = ((ulong)number + 1) * 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return (x ^ (x >> 31)) & 0xffff_ffff_ffff;
    }
}
