using System.Text;
using System.Text.Json;
using Netweir.Support.Fuzz;

namespace Netweir.Kube.Tests;

/// <summary>An API server, or a file, may say anything: it costs the object that it is about, or is refused by what it is.</summary>
public sealed class FuzzTests
{
    private const string Service = """
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"default","uid":"u","resourceVersion":"7","labels":{"a":"b"},"annotations":{"netweir.io/lb-algorithm":"maglev"}},
        "spec":{"type":"LoadBalancer","clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1"],"ports":[{"name":"p","protocol":"TCP","port":80,"targetPort":8080,"nodePort":30080}],
        "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10}},"externalIPs":["192.0.2.1"],"loadBalancerSourceRanges":["10.0.0.0/8"]},
        "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.2","ipMode":"VIP"}]}}}
        """;

    private const string Slice = """
        {"metadata":{"name":"web-1","namespace":"default","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","ports":[{"name":"p","port":8080,"protocol":"TCP"}],
        "endpoints":[{"addresses":["10.244.1.2"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"here","zone":"a","hints":{"forZones":[{"name":"a"}]},"targetRef":{"kind":"Pod","name":"x"}}]}
        """;

    private const string Node = """
        {"metadata":{"name":"here","creationTimestamp":"2024-01-01T00:00:00Z"},"spec":{"podCIDR":"10.244.1.0/24","podCIDRs":["10.244.1.0/24"],"taints":[{"key":"k","effect":"NoSchedule"}]},
        "status":{"addresses":[{"type":"InternalIP","address":"192.0.2.1"}]}}
        """;

    private const string KubeConfig = """
        apiVersion: v1
        kind: Config
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters:
        - name: k
          cluster: {server: "https://127.0.0.1:6443", tls-server-name: api, insecure-skip-tls-verify: true}
        users:
        - name: &u u
          user:
            token: "secret"
        """;

    [Fact]
    public void Objects_that_are_spoilt_cost_only_themselves() => FuzzPlan.Of(5_000).Run("objects", (random, number) =>
    {
        var mutator = new JsonMutator(random);
        switch (random.Next(3))
        {
            case 0:
                Decode(KubeResources.Services, mutator.Mutate(Service));
                break;
            case 1:
                Decode(KubeResources.EndpointSlices, mutator.Mutate(Slice));
                break;
            default:
                Decode(KubeResources.Nodes, mutator.Mutate(Node));
                break;
        }
    });

    [Fact]
    public void Kubeconfigs_that_are_spoilt_are_refused_by_what_is_wrong() => FuzzPlan.Of(5_000).Run("kubeconfigs", (random, number) =>
    {
        var text = Encoding.UTF8.GetString(new JsonMutator(random).Bytes(Encoding.UTF8.GetBytes(KubeConfig)));
        try
        {
            _ = KubeConfigFile.Parse(text, "test", "/nonexistent", null);
        }
        catch (KubeConfigException e)
        {
            Assert.NotEmpty(e.Message);
        }
    });

    /// <summary>As a watch delivers it, and in a list between two that are right.</summary>
    private static void Decode<T>(KubeResource<T> resource, byte[] json)
        where T : class, IKubeObject
    {
        using var metrics = new KubeMetrics();
        var incidents = new List<KubeIncident>();
        var decoder = new ObjectDecoder<T>(resource, metrics, incidents.Add);
        if (decoder.TryDecode(json, out var decoded, out _))
        {
            Assert.NotEmpty(decoded.Metadata.Name);
        }
        else
        {
            Assert.Contains("cannot be read", Assert.Single(incidents).Message, StringComparison.Ordinal);
        }
        if (IsJson(json))
        {
            var list = decoder.DecodeList(
                [.. """{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a"}},"""u8, .. json, .. """,{"metadata":{"name":"z"}}]}"""u8]);
            Assert.Equal(("a", "z", 3), (list.Items[0].Metadata.Name, list.Items[^1].Metadata.Name, list.Items.Count + list.Malformed.Count));
        }
    }

    private static bool IsJson(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
