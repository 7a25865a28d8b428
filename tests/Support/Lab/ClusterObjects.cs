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
        ["metadata"] = new JsonObject { ["name"] = node.Name, ["labels"] = Map(NodeLabels(node)) },
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

    public static JsonObject Pod(LabPod pod) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = Namespace, ["uid"] = pod.Sandbox.Uid, ["labels"] = Map(pod.Labels) },
        ["spec"] = new JsonObject
        {
            ["nodeName"] = pod.Node.Name,
            ["containers"] = new JsonArray(Container(pod)),
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

    public static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)JsonValue.Create(v))]);

    public static JsonObject Map(IEnumerable<KeyValuePair<string, string>> values)
    {
        var map = new JsonObject();
        foreach (var (name, value) in values)
        {
            map[name] = value;
        }

        return map;
    }

    private static JsonObject Container(LabPod pod)
    {
        var container = new JsonObject { ["name"] = "echo", ["image"] = "echo" };
        if (pod.Sandbox.HostPorts.Count > 0)
        {
            container["ports"] = new JsonArray([.. pod.Sandbox.HostPorts.Select(PodPort)]);
        }

        return container;
    }

    private static JsonObject PodPort(LabHostPort port)
    {
        var result = new JsonObject { ["containerPort"] = port.ContainerPort, ["hostPort"] = port.Port, ["protocol"] = port.Protocol };
        if (port.HostIP is { } address)
        {
            result["hostIP"] = address.ToString();
        }

        return result;
    }

    private static Dictionary<string, string> NodeLabels(LabNode node) => new()
    {
        ["kubernetes.io/hostname"] = node.Name,
        ["kubernetes.io/os"] = "linux",
        ["topology.kubernetes.io/zone"] = node.Zone,
    };

    private static JsonObject Typed(string type, string key, string value) => new JsonObject { ["type"] = type, [key] = value };
}
