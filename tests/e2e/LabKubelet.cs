using System.Globalization;
using System.Text.Json.Nodes;
using Netweir.Netlink;
using Netweir.Support.ApiServer;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// What kubelets, the slice controller and the API server's allocators are for pods that run <c>ctl</c>: each gets a network namespace that the real CNI
/// plugin connects, or its node's, and its command as a process. For namespaces other than the lab's own.
/// </summary>
internal sealed class LabKubelet : IAsyncDisposable
{
    private readonly LabCluster _lab;
    private readonly ApiStore _store;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, LabContainer> _running = [];
    private readonly Dictionary<string, LabService> _services = [];
    private readonly Task _loop;

    public LabKubelet(LabCluster lab)
    {
        _lab = lab;
        Server = ((TestLabApi)lab.Api).Server;
        _store = Server.Store;
        _loop = Task.Run(RunAsync);
    }

    public TestApiServer Server { get; }

    /// <summary>Processes that run, or have ended and belong to a pod that is still there.</summary>
    public int Containers => _running.Count;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        foreach (LabContainer container in _running.Values)
        {
            container.Dispose();
        }

        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (JsonObject service in All("services").Where(s => s["spec"]!["clusterIPs"] is null))
            {
                Allocate(service);
            }

            foreach (JsonObject pod in All("pods").Where(p => p["status"] is null))
            {
                Start(pod);
            }

            EndPods();
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private IEnumerable<JsonObject> All(string plural) => _store.All(plural).Where(o => Text(o["metadata"]!["namespace"]) != "default");

    private void Start(JsonObject pod)
    {
        var container = LabContainer.Start(_lab, pod);
        _running.Add(Key(pod), container);
        string node = Text(pod["spec"]!["nodeName"]);
        pod["status"] = new JsonObject
        {
            ["phase"] = "Running",
            ["podIP"] = container.Addresses[0],
            ["podIPs"] = new JsonArray([.. container.Addresses.Select(a => new JsonObject { ["ip"] = a })]),
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
        };
        _store.Apply(pod);
        foreach (JsonObject service in All("services").Where(s => Selects(s, pod)))
        {
            AddEndpoint(service, pod, node, container.Addresses);
        }
    }

    /// <summary>Those whose process has ended, and those that were deleted.</summary>
    private void EndPods()
    {
        foreach ((string key, LabContainer container) in _running.ToArray())
        {
            string[] words = key.Split('/');
            JsonObject? pod = _store.Get("pods", words[0], words[1]);
            if (pod is null)
            {
                container.Dispose();
                _running.Remove(key);
            }
            else if (container.HasEnded && Text(pod["status"]?["phase"]) == "Running")
            {
                Server.PodLogs[$"{key}/ctl"] = container.Log;
                pod["status"]!["phase"] = container.ExitCode == 0 ? "Succeeded" : "Failed";
                pod["status"]!["conditions"] = new JsonArray();
                _store.Apply(pod);
            }
        }
    }

    /// <summary>Addresses and ports of a service that the lab reserves.</summary>
    private void Allocate(JsonObject service)
    {
        LabService reserved = _services[Key(service)] = _lab.NewService(Text(service["metadata"]!["name"]));
        JsonObject spec = service["spec"]!.AsObject();
        bool headless = Text(spec["clusterIP"]) == "None";
        string[] addresses = headless ? ["None"] : [reserved.IPv4.ToString(), reserved.IPv6.ToString()];
        spec["clusterIP"] = addresses[0];
        spec["clusterIPs"] = new JsonArray([.. addresses.Select(a => (JsonNode)a)]);
        spec["ipFamilies"] = new JsonArray("IPv4", "IPv6");
        foreach (JsonNode? port in Text(spec["type"]) == "NodePort" ? spec["ports"]!.AsArray() : [])
        {
            port!["nodePort"] = reserved.NodePort;
        }

        if (headless)
        {
            service["metadata"]!["labels"] = new JsonObject { ["service.kubernetes.io/headless"] = "" };
        }

        _store.Apply(service);
    }

    private void AddEndpoint(JsonObject service, JsonObject pod, string node, IReadOnlyList<string> addresses)
    {
        foreach (bool ipv6 in (bool[])[false, true])
        {
            string name = $"{Text(service["metadata"]!["name"])}-{(ipv6 ? "ipv6" : "ipv4")}", ns = Text(service["metadata"]!["namespace"]);
            JsonObject slice = _store.Get("endpointslices", ns, name) ?? Slice(service, name, ns, ipv6);
            slice["endpoints"]!.AsArray().Add((JsonNode)new JsonObject
            {
                ["addresses"] = new JsonArray(addresses[ipv6 ? 1 : 0]),
                ["conditions"] = new JsonObject { ["ready"] = true, ["serving"] = true },
                ["nodeName"] = node,
                ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = ns, ["name"] = pod["metadata"]!["name"]!.DeepClone() },
            });
            _store.Apply(slice);
        }
    }

    private static JsonObject Slice(JsonObject service, string name, string ns, bool ipv6) => new()
    {
        ["apiVersion"] = "discovery.k8s.io/v1",
        ["kind"] = "EndpointSlice",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = ns,
            ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = service["metadata"]!["name"]!.DeepClone() },
        },
        ["addressType"] = ipv6 ? "IPv6" : "IPv4",
        ["endpoints"] = new JsonArray(),
        ["ports"] = new JsonArray([.. service["spec"]!["ports"]!.AsArray().Select(p => new JsonObject
        {
            ["name"] = p!["name"]!.DeepClone(),
            ["protocol"] = p["protocol"]!.DeepClone(),
            ["port"] = p["targetPort"]!.DeepClone(),
        })]),
    };

    private static bool Selects(JsonObject service, JsonObject pod) =>
        Text(service["metadata"]!["namespace"]) == Text(pod["metadata"]!["namespace"])
        && service["spec"]!["selector"]!.AsObject().All(s => Text(pod["metadata"]!["labels"]![s.Key]) == Text(s.Value));

    private static string Key(JsonObject obj) => string.Create(CultureInfo.InvariantCulture, $"{obj["metadata"]!["namespace"]}/{obj["metadata"]!["name"]}");

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
