using System.Text.Json.Nodes;

namespace Netweir.Support.Lab;

/// <summary>Objects as Kubernetes' own controllers write them.</summary>
internal static class ClusterObjects
{
    public const string Namespace = "default";

    public static JsonObject Node(LabNode node) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Node",
        ["metadata"] = new JsonObject { ["name"] = node.Name, ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = node.Name, ["kubernetes.io/os"] = "linux" } },
        ["spec"] = new JsonObject { ["podCIDR"] = node.PodCidrs[0], ["podCIDRs"] = Array(node.PodCidrs) },
        ["status"] = new JsonObject
        {
            ["addresses"] = new JsonArray(
                Typed("InternalIP", "address", node.IPv4.ToString()),
                Typed("InternalIP", "address", node.IPv6.ToString()),
                Typed("Hostname", "address", node.Name)),
            ["conditions"] = new JsonArray(Typed("Ready", "status", "True")),
        },
    };

    public static JsonObject ServiceCidr() => new()
    {
        ["apiVersion"] = "networking.k8s.io/v1",
        ["kind"] = "ServiceCIDR",
        ["metadata"] = new JsonObject { ["name"] = "kubernetes" },
        ["spec"] = new JsonObject { ["cidrs"] = Array(LabSubnet.ServiceCidrs) },
    };

    public static JsonObject Pod(LabPod pod)
    {
        var labels = new JsonObject();
        foreach (var (name, value) in pod.Labels)
        {
            labels[name] = value;
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = Namespace, ["uid"] = pod.Sandbox.Uid, ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                ["nodeName"] = pod.Node.Name,
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "echo", ["image"] = "echo" }),
            },
            ["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["hostIP"] = pod.Node.IPv4.ToString(),
                ["podIP"] = pod.Addresses[0].ToString(),
                ["podIPs"] = new JsonArray([.. pod.Addresses.Select(a => new JsonObject { ["ip"] = a.ToString() })]),
                ["conditions"] = new JsonArray(Typed("Ready", "status", "True")),
            },
        };
    }

    public static JsonObject Service(LabService service) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = service.Name, ["namespace"] = Namespace },
        ["spec"] = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["clusterIP"] = service.IPv4.ToString(),
            ["clusterIPs"] = Array([service.IPv4.ToString(), service.IPv6.ToString()]),
            ["ipFamilies"] = Array(["IPv4", "IPv6"]),
            ["ipFamilyPolicy"] = "RequireDualStack",
            ["selector"] = new JsonObject { ["app"] = service.Name },
            ["ports"] = new JsonArray(
                ServicePort("tcp", "TCP", LabService.Port, LabPod.Port),
                ServicePort("udp", "UDP", LabService.Port, LabPod.Port),
                ServicePort("mirror", "TCP", LabService.MirrorPort, LabPod.MirrorPort)),
            ["sessionAffinity"] = "None",
            ["internalTrafficPolicy"] = "Cluster",
        },
    };

    public static JsonObject EndpointSlice(LabService service, bool ipv6, IEnumerable<LabPod> ready, IEnumerable<LabPod> terminating) => new()
    {
        ["apiVersion"] = "discovery.k8s.io/v1",
        ["kind"] = "EndpointSlice",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{service.Name}-{(ipv6 ? "ipv6" : "ipv4")}",
            ["namespace"] = Namespace,
            ["labels"] = new JsonObject
            {
                ["kubernetes.io/service-name"] = service.Name,
                ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
            },
        },
        ["addressType"] = ipv6 ? "IPv6" : "IPv4",
        ["endpoints"] = new JsonArray([.. ready.Select(p => Endpoint(p, ipv6, terminating: false)), .. terminating.Select(p => Endpoint(p, ipv6, terminating: true))]),
        ["ports"] = new JsonArray(SlicePort("tcp", "TCP", LabPod.Port), SlicePort("udp", "UDP", LabPod.Port), SlicePort("mirror", "TCP", LabPod.MirrorPort)),
    };

    private static JsonObject Endpoint(LabPod pod, bool ipv6, bool terminating) => new JsonObject
    {
        ["addresses"] = Array([pod.Address(ipv6).ToString()]),
        ["conditions"] = new JsonObject { ["ready"] = !terminating, ["serving"] = true, ["terminating"] = terminating },
        ["nodeName"] = pod.Node.Name,
        ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = Namespace, ["name"] = pod.Name, ["uid"] = pod.Sandbox.Uid },
    };

    private static JsonObject ServicePort(string name, string protocol, int port, int targetPort) =>
        new JsonObject { ["name"] = name, ["protocol"] = protocol, ["port"] = port, ["targetPort"] = targetPort };

    private static JsonObject SlicePort(string name, string protocol, int port) =>
        new JsonObject { ["name"] = name, ["protocol"] = protocol, ["port"] = port };

    private static JsonObject Typed(string type, string key, string value) => new JsonObject { ["type"] = type, [key] = value };

    private static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)JsonValue.Create(v))]);
}
