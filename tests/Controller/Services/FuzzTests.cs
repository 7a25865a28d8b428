using Netweir.Kube;
using Netweir.Support.Fuzz;

namespace Netweir.Controller.Tests.Services;

/// <summary>Objects that can be decoded and make no sense: the pass goes on, and what it programmed is what a restarted agent finds right.</summary>
public sealed class FuzzTests
{
    private const int Batch = 20;
    private const string Service = """
        {"metadata":{"name":"web","namespace":"default","uid":"u","annotations":{"netweir.io/lb-algorithm":"maglev"}},
        "spec":{"type":"LoadBalancer","clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1","fd00:96::1"],"ipFamilies":["IPv4","IPv6"],"externalTrafficPolicy":"Local","internalTrafficPolicy":"Cluster",
        "ports":[{"name":"p","protocol":"TCP","port":80,"targetPort":8080,"nodePort":30080},{"name":"q","protocol":"UDP","port":53,"targetPort":"dns","nodePort":30053}],
        "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10}},"externalIPs":["192.0.2.1"],"loadBalancerSourceRanges":["10.0.0.0/8"],"healthCheckNodePort":31000},
        "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.2","ipMode":"VIP"}]}}}
        """;

    private const int LongestName = 63;

    private const string Slice = """
        {"metadata":{"name":"web-1","namespace":"default","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4",
        "ports":[{"name":"p","port":8080,"protocol":"TCP"},{"name":"q","port":5353,"protocol":"UDP"}],
        "endpoints":[{"addresses":["10.244.1.2"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"here","zone":"a","hints":{"forZones":[{"name":"a"}]}},
        {"addresses":["10.244.2.2"],"conditions":{"ready":false,"serving":true,"terminating":true},"nodeName":"there","zone":"b"}]}
        """;

    private const string Node = """
        {"metadata":{"name":"here","labels":{"topology.kubernetes.io/zone":"a"}},"spec":{"podCIDR":"10.244.1.0/24","podCIDRs":["10.244.1.0/24"]},
        "status":{"addresses":[{"type":"InternalIP","address":"192.0.2.1"}]}}
        """;

    [Fact]
    public void Services_that_make_no_sense_do_not_stop_the_others() => FuzzPlan.Of(200).Run("services", (random, number) =>
    {
        var mutator = new JsonMutator(random);
        var (kernel, objects) = (new FakeKernel(), new Objects());
        var agent = new Agent(kernel.Open());
        agent.Start([], []);
        for (var i = 0; i < Batch; i++)
        {
            objects.Tell(agent, random.Next(3), mutator);
            agent.Sync();
        }
        var restarted = new Agent(kernel.Open());
        restarted.List(objects.Services.Values, objects.Slices.Values, zone: null);
        restarted.Nodes.Upserted(objects.Node);
        restarted.Store.MarkSynced();
        var writes = restarted.Sync().Writes;
        Assert.True(writes == 0, $"a restarted agent wrote: {string.Join("; ", kernel.Log.TakeLast(writes))}\nfor {string.Join("; ", objects.Told)}");
    });

    /// <summary>What the API holds after all changes: informers keep what they could read last.</summary>
    private sealed class Objects
    {
        public Dictionary<ObjectKey, Service> Services { get; } = [];

        public Dictionary<ObjectKey, EndpointSlice> Slices { get; } = [];

        public List<string> Told { get; } = [];

        public Node Node { get; private set; } = Agent.NodeIn("a");

        public void Tell(Agent agent, int kind, JsonMutator mutator)
        {
            if (kind == 0 && TryDecode(KubeResources.Services, Said(mutator.Mutate(Service)), out var service) && service.Metadata is { Name: "web", Namespace: "default" }
                && service.Spec.Ports.All(p => p.Name.Length <= LongestName && p.Name.All(char.IsAsciiLetterOrDigit)))
            {
                // Other names the API does not take, and the kernel's maps, by which a restarted agent knows ports again, cut.
                // One name: of Services that contend for an address, whoever was there first goes before, which a restart may judge otherwise.
                Services[service.Metadata.Key] = service;
                agent.Services.Upserted(service);
            }
            else if (kind == 1 && TryDecode(KubeResources.EndpointSlices, Said(mutator.Mutate(Slice)), out var slice))
            {
                Slices[slice.Metadata.Key] = slice;
                agent.Slices.Upserted(slice);
            }
            else if (kind == 2 && TryDecode(KubeResources.Nodes, Said(mutator.Mutate(FuzzTests.Node)), out var node) && node.Metadata.Name == Agent.NodeName)
            {
                Node = node;
                agent.Nodes.Upserted(node);
            }
        }

        private byte[] Said(byte[] json)
        {
            Told.Add(System.Text.Encoding.UTF8.GetString(json));
            return json;
        }

        private static bool TryDecode<T>(KubeResource<T> resource, byte[] json, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? decoded)
            where T : class, IKubeObject
        {
            using var metrics = new KubeMetrics();
            return new ObjectDecoder<T>(resource, metrics, _ => { }).TryDecode(json, out decoded, out _);
        }
    }
}
