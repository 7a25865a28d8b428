using System.Globalization;
using System.Text.Json.Nodes;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>Services that nobody uses, in the API.</summary>
internal static class ServiceFill
{
    public static void Apply(ILabApi api, int count)
    {
        if (count <= 0)
        {
            return;
        }

        api.Apply(ServiceCidr());
        foreach (var service in Enumerable.Range(0, count).Select(FillService.Number))
        {
            api.Apply(Service(service));
            api.Apply(Slice(service));
        }
    }

    private static JsonObject ServiceCidr() => new()
    {
        ["apiVersion"] = "networking.k8s.io/v1",
        ["kind"] = "ServiceCIDR",
        ["metadata"] = new JsonObject { ["name"] = "fill" },
        ["spec"] = new JsonObject { ["cidrs"] = new JsonArray(FillService.ServiceCidr) },
    };

    private static JsonObject Service(FillService service) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = service.Name, ["namespace"] = "fill" },
        ["spec"] = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["clusterIP"] = service.Address.ToString(),
            ["clusterIPs"] = new JsonArray(service.Address.ToString()),
            ["ipFamilies"] = new JsonArray("IPv4"),
            ["ipFamilyPolicy"] = "SingleStack",
            ["sessionAffinity"] = "None",
            ["internalTrafficPolicy"] = "Cluster",
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "tcp", ["protocol"] = "TCP", ["port"] = FillService.Port, ["targetPort"] = 8080 }),
        },
    };

    private static JsonObject Slice(FillService service) => new()
    {
        ["apiVersion"] = "discovery.k8s.io/v1",
        ["kind"] = "EndpointSlice",
        ["metadata"] = new JsonObject
        {
            ["name"] = service.Name,
            ["namespace"] = "fill",
            ["labels"] = new JsonObject
            {
                ["kubernetes.io/service-name"] = service.Name,
                ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
            },
        },
        ["addressType"] = "IPv4",
        ["ports"] = new JsonArray(new JsonObject { ["name"] = "tcp", ["protocol"] = "TCP", ["port"] = service.Backends[0].Port }),
        ["endpoints"] = new JsonArray(
        [
            .. service.Backends.Select(b => new JsonObject
            {
                ["addresses"] = new JsonArray(b.Address.ToString()),
                ["conditions"] = new JsonObject { ["ready"] = true, ["serving"] = true, ["terminating"] = false },
                ["nodeName"] = string.Create(CultureInfo.InvariantCulture, $"node-{(b.Address.GetAddressBytes()[3] % 2 == 0 ? 'a' : 'b')}"),
            }),
        ]),
    };
}
