using System.Globalization;
using System.Text.Json.Nodes;
using Netweir.Support.ApiServer;

namespace Netweir.Ctl.Tests;

/// <summary>An API server with nodes, and what controllers and kubelets do to DaemonSets, pods and services: at once, and as the test says.</summary>
internal sealed class FakeCluster : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-ctl-").FullName;
    private readonly Task _loop;
    private int _address;

    public FakeCluster(params string[] nodes)
    {
        Nodes = nodes;
        foreach (string node in nodes)
        {
            SetReady(node, ready: true);
        }

        Server.WriteKubeConfig(KubeConfig);
        _loop = Task.Run(RunAsync);
    }

    public TestApiServer Server { get; } = TestApiServer.Start();

    public IReadOnlyList<string> Nodes { get; }

    /// <summary>Status of a DaemonSet's pod on a node.</summary>
    public Func<string, JsonObject, JsonObject> DaemonPodStatus { get; set; } = (_, _) => PodStatus.Ready("192.0.2.1");

    /// <summary>Status of a pod that was made by itself; its addresses are given.</summary>
    public Func<JsonObject, string, JsonObject> PodStatusOf { get; set; } = (_, address) => PodStatus.Ready(address);

    private string KubeConfig => Path.Combine(_directory, "kubeconfig");

    public void SetReady(string node, bool ready) => Server.Apply($$$"""
        apiVersion: v1
        kind: Node
        metadata: {name: {{{node}}}, labels: {kubernetes.io/os: linux}}
        status:
          addresses: [{type: InternalIP, address: "192.0.2.{{{Array.IndexOf([.. Nodes], node) + 10}}}"}]
          conditions: [{type: Ready, status: "{{{(ready ? "True" : "False")}}}", reason: KubeletNotReady, message: "cni plugin not initialized"}]
          nodeInfo: {kubeletVersion: v1.36.0, kernelVersion: 6.18.0}
        """);

    /// <summary>A DaemonSet of somebody else, with pods on all nodes.</summary>
    public void AddForeign(string ns, string name, int pods = 3) => Server.Apply($$$"""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: {{{name}}}, namespace: {{{ns}}}, generation: 1, labels: {foreign: "yes"}}
        spec:
          template: {spec: {containers: []}}
        status: {observedGeneration: 1, desiredNumberScheduled: {{{pods}}}, updatedNumberScheduled: {{{pods}}}, numberReady: {{{pods}}} }
        """);

    public (int Exit, string Output, string Error) Run(params string[] command)
    {
        Assert.False(command[0] == "uninstall" && !command.Contains("--cluster"), "that would be this machine");
        using StringWriter output = new(), error = new();
        int exit = CtlCommand.Run(
            [.. command, "--kubeconfig", KubeConfig, .. command.Contains("--timeout") ? Array.Empty<string>() : ["--timeout", "20s"]], output, error);
        return (exit, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        _stop.Cancel();
        _loop.GetAwaiter().GetResult();
        Server.Dispose();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (JsonObject set in Server.Store.All("daemonsets").Where(d => d["metadata"]!["labels"]?["foreign"] is null))
            {
                Schedule(set);
            }

            Collect();
            foreach (JsonObject pod in Server.Store.All("pods").Where(p => p["status"] is null))
            {
                Change("pods", pod, p => p["status"] = PodStatusOf(p, NextAddress()));
            }

            foreach (JsonObject service in Server.Store.All("services").Where(s => s["spec"]!["clusterIPs"] is null))
            {
                Change("services", service, Allocate);
            }

            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>A pod on each node, made anew when the template has changed, and the status that follows.</summary>
    private void Schedule(JsonObject set)
    {
        string name = Text(set["metadata"]!["name"]);
        string template = set["spec"]!["template"]!.ToJsonString();
        int ready = 0;
        foreach (string node in Nodes)
        {
            JsonObject status = DaemonPodStatus(node, set);
            ready += status.ToJsonString().Contains("\"Ready\",\"status\":\"True\"", StringComparison.Ordinal) ? 1 : 0;
            JsonObject? pod = Server.Store.Get("pods", "kube-system", $"{name}-{node}");
            if (pod is null || Text(pod["metadata"]!["annotations"]!["template"]) != template || !JsonNode.DeepEquals(pod["status"], status))
            {
                Server.Apply(DaemonPod(set, name, node, template, status));
            }
        }

        var wanted = new JsonObject
        {
            ["observedGeneration"] = set["metadata"]!["generation"]!.DeepClone(),
            ["desiredNumberScheduled"] = Nodes.Count,
            ["updatedNumberScheduled"] = Nodes.Count,
            ["numberReady"] = ready,
        };
        if (set["status"]?.ToJsonString() != wanted.ToJsonString())
        {
            Change("daemonsets", set, s => s["status"] = wanted);
        }
    }

    private static JsonObject DaemonPod(JsonObject set, string name, string node, string template, JsonObject status) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{name}-{node}",
            ["namespace"] = "kube-system",
            ["labels"] = set["spec"]!["template"]!["metadata"]!["labels"]!.DeepClone(),
            ["annotations"] = new JsonObject { ["template"] = template, ["owner"] = name },
        },
        ["spec"] = new JsonObject { ["nodeName"] = node, ["hostNetwork"] = true },
        ["status"] = status,
    };

    /// <summary>Removes pods whose DaemonSet is gone.</summary>
    private void Collect()
    {
        foreach (JsonObject pod in Server.Store.All("pods"))
        {
            string owner = Text(pod["metadata"]!["annotations"]?["owner"]);
            if (owner.Length > 0 && Server.Store.Get("daemonsets", "kube-system", owner) is null)
            {
                Server.Delete("pods", "kube-system", Text(pod["metadata"]!["name"]));
            }
        }
    }

    private static void Allocate(JsonObject service)
    {
        JsonObject spec = service["spec"]!.AsObject();
        int number = Math.Abs(Text(service["metadata"]!["name"]).GetHashCode(StringComparison.Ordinal) % 200);
        spec["clusterIPs"] = new JsonArray(spec["clusterIP"]?.DeepClone() ?? $"10.96.1.{number}");
        for (int i = 0; i < spec["ports"]!.AsArray().Count; i++)
        {
            spec["ports"]![i]!["nodePort"] = Text(spec["type"]) == "NodePort" ? 30000 + number + i : 0;
        }
    }

    private string NextAddress() => string.Create(CultureInfo.InvariantCulture, $"10.1.0.{++_address}");

    /// <summary>Unless it has been deleted meanwhile.</summary>
    private void Change(string plural, JsonObject obj, Action<JsonObject> change)
    {
        string ns = Text(obj["metadata"]!["namespace"]), name = Text(obj["metadata"]!["name"]);
        if (Server.Store.Get(plural, ns, name) is { } now)
        {
            change(now);
            Server.Apply(now);
        }
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
