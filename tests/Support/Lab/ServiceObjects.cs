using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Netweir.Support.Lab;

/// <summary>Services and EndpointSlices as the API server and Kubernetes' controllers write them.</summary>
internal static class ServiceObjects
{
    public const string SliceKind = "endpointslices";

    public static JsonObject Service(LabService service)
    {
        var obj = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = Metadata(service.Name, service.Labels, service.Annotations),
            ["spec"] = service.Type == LabServiceType.ExternalName ? ExternalName() : Spec(service),
        };
        if (service.Type == LabServiceType.LoadBalancer)
        {
            obj["status"] = Status(service);
        }

        return obj;
    }

    public static JsonObject EndpointSlice(LabService service, string name, bool ipv6, IReadOnlyCollection<LabBackend> backends)
    {
        var labels = new Dictionary<string, string>
        {
            ["kubernetes.io/service-name"] = service.Name,
            ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
        };
        var first = backends.FirstOrDefault();
        return new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = Metadata(name, labels, TriggeredNow()),
            ["addressType"] = ipv6 ? "IPv6" : "IPv4",
            ["endpoints"] = new JsonArray([.. backends.Select(b => Endpoint(b, ipv6))]),
            ["ports"] = new JsonArray([.. Ports(service).Select(p => SlicePort(p, first))]),
        };
    }

    private static JsonObject Metadata(string name, IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations) => new()
    {
        ["name"] = name,
        ["namespace"] = ClusterObjects.Namespace,
        ["labels"] = ClusterObjects.Map(labels),
        ["annotations"] = ClusterObjects.Map(annotations),
    };

    /// <summary>Whence kube-proxies compute the programming latency.</summary>
    private static Dictionary<string, string> TriggeredNow() => new()
    {
        ["endpoints.kubernetes.io/last-change-trigger-time"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
    };

    private static JsonObject ExternalName() => new() { ["type"] = "ExternalName", ["externalName"] = "example.com", ["sessionAffinity"] = "None" };

    private static JsonObject Spec(LabService service)
    {
        var spec = new JsonObject
        {
            ["type"] = service.Type.ToString(),
            ["clusterIP"] = service.IPv4.ToString(),
            ["clusterIPs"] = ClusterObjects.Array([service.IPv4.ToString(), service.IPv6.ToString()]),
            ["ipFamilies"] = ClusterObjects.Array(["IPv4", "IPv6"]),
            ["ipFamilyPolicy"] = "RequireDualStack",
            ["selector"] = new JsonObject { ["app"] = service.Name },
            ["ports"] = new JsonArray([.. Ports(service).Select(p => ServicePort(service, p))]),
            ["sessionAffinity"] = service.AffinitySeconds is null ? "None" : "ClientIP",
            ["internalTrafficPolicy"] = service.InternalTrafficLocal ? "Local" : "Cluster",
        };
        if (service.HasNodePorts || service.ExternalIPs.Count > 0)
        {
            spec["externalTrafficPolicy"] = service.ExternalTrafficLocal ? "Local" : "Cluster";
        }

        AddOptional(spec, service);
        return spec;
    }

    private static void AddOptional(JsonObject spec, LabService service)
    {
        if (service is { Type: LabServiceType.LoadBalancer, ExternalTrafficLocal: true })
        {
            spec["healthCheckNodePort"] = service.HealthCheckNodePort;
        }

        if (service.AffinitySeconds is { } timeout)
        {
            spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = timeout } };
        }

        if (service.ExternalIPs.Count > 0)
        {
            spec["externalIPs"] = ClusterObjects.Array(service.ExternalIPs.Select(a => a.ToString()));
        }

        if (service.SourceRanges.Count > 0)
        {
            spec["loadBalancerSourceRanges"] = ClusterObjects.Array(service.SourceRanges);
        }

        if (service.PublishNotReady)
        {
            spec["publishNotReadyAddresses"] = true;
        }

        if (service.TrafficDistribution is { } distribution)
        {
            spec["trafficDistribution"] = distribution;
        }
    }

    private static JsonObject Status(LabService service) => new()
    {
        ["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray([.. service.LoadBalancerIPs.Select(a => Ingress(a, service.LoadBalancerIPMode))]) },
    };

    private static JsonObject Ingress(IPAddress address, string? mode)
    {
        var ingress = new JsonObject { ["ip"] = address.ToString() };
        if (mode is not null)
        {
            ingress["ipMode"] = mode;
        }

        return ingress;
    }

    private static IEnumerable<LabPort> Ports(LabService service) => LabPort.All.Where(p => service.PortNames.Contains(p.Name));

    private static JsonObject ServicePort(LabService service, LabPort port)
    {
        var result = new JsonObject
        {
            ["name"] = port.Name,
            ["protocol"] = port.Protocol,
            ["port"] = port.IsMirror ? LabService.MirrorPort : LabService.Port,
            ["targetPort"] = port.IsMirror ? LabPod.MirrorPort : LabPod.Port,
        };
        if (service.HasNodePorts)
        {
            result["nodePort"] = port.IsMirror ? service.NodePort + 1 : service.NodePort;
        }

        return result;
    }

    private static JsonObject SlicePort(LabPort port, LabBackend? backend) => new()
    {
        ["name"] = port.Name,
        ["protocol"] = port.Protocol,
        ["port"] = port.IsMirror ? backend?.MirrorPort ?? LabPod.MirrorPort : backend?.Port ?? LabPod.Port,
    };

    private static JsonObject Endpoint(LabBackend backend, bool ipv6)
    {
        var conditions = new JsonObject();
        foreach (var (name, value) in ((string, bool?)[])[("ready", backend.IsReady), ("serving", backend.IsServing), ("terminating", backend.IsTerminating)])
        {
            if (value is { } given)
            {
                conditions[name] = given;
            }
        }

        var endpoint = new JsonObject
        {
            ["addresses"] = ClusterObjects.Array([backend.Address(ipv6).ToString()]),
            ["conditions"] = conditions,
            ["nodeName"] = backend.Node,
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = ClusterObjects.Namespace, ["name"] = backend.Name },
        };
        if (Hints(backend) is { Count: > 0 } hints)
        {
            endpoint["hints"] = hints;
        }

        return endpoint;
    }

    private static JsonObject Hints(LabBackend backend)
    {
        var hints = new JsonObject();
        foreach (var (name, values) in ((string, IReadOnlyList<string>)[])[("forZones", backend.ForZones), ("forNodes", backend.ForNodes)])
        {
            if (values.Count > 0)
            {
                hints[name] = new JsonArray([.. values.Select(v => new JsonObject { ["name"] = v })]);
            }
        }

        return hints;
    }
}
