using System.Text.Json;
using System.Text.Json.Nodes;

namespace Netweir.Ctl.Tests;

/// <summary><c>ctl connectivity test</c> against an API server, with pods that say what the test wants.</summary>
public sealed class ConnectivityTestTests : IDisposable
{
    private readonly FakeCluster _cluster = new("node-1", "node-2", "node-3", "node-4");

    /// <summary>What probing pods say of a check; null: they end before.</summary>
    private Func<ProbeCheck, ProbeResult?> _answer = c => new ProbeResult { Id = c.Id, Ok = true, Tried = "50 questions", Came = "well", P50 = 100, P99 = 200 };

    public ConnectivityTestTests() => _cluster.PodStatusOf = Run;

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void All_is_well()
    {
        (int exit, string output, string error) = _cluster.Run("connectivity", "test");

        Assert.True(exit == 0, error);
        Assert.Contains("nodes node-1, node-2, node-3", error, StringComparison.Ordinal); // --nodes is 3
        Assert.Contains("verdict: fine", error, StringComparison.Ordinal);
        Assert.Matches(@"pod +pod, other node +IPv4 +TCP, source kept +ok, 6 of 6 +100 us +200 us\n", output);
        AssertGone();
    }

    [Fact]
    public void Failed_check_is_told_and_decides()
    {
        _answer = c => new ProbeResult { Id = c.Id, Ok = !c.Sticky, Tried = "50 questions", Came = c.Sticky ? "2 different servers answered one client" : "well" };

        (int exit, string output, string error) = _cluster.Run("connectivity", "test", "--nodes", "2", "-o", "json");

        Assert.Equal(1, exit);
        Assert.Contains("FAILED  pod on node-1 -> service netweir-connectivity-", error, StringComparison.Ordinal);
        Assert.Contains("came:  2 different servers answered one client", error, StringComparison.Ordinal);
        Assert.Matches(@"verdict: 4 of \d+ checks failed", error);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal(4, json.RootElement.GetProperty("checks").EnumerateArray().Count(c => c.GetProperty("result").GetString() == "FAILED"));
        AssertGone();
    }

    [Fact]
    public void Check_that_was_not_made_has_failed()
    {
        _answer = c => c.Kind == ProbeKind.Dns ? null : new ProbeResult { Id = c.Id, Ok = true, Tried = "", Came = "" };
        _cluster.Server.Apply("""
            apiVersion: v1
            kind: Service
            metadata: {name: kube-dns, namespace: kube-system}
            spec: {clusterIP: 10.96.0.10, ports: [{port: 53}]}
            """);

        (int exit, _, string error) = _cluster.Run("connectivity", "test", "--nodes", "1");

        Assert.Equal(1, exit);
        Assert.Contains("FAILED  2 checks from pod on node-1 were not made: pod probe-pod-1 did not get to it: error: out of luck", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_that_do_not_start_are_told_with_their_trouble()
    {
        _cluster.PodStatusOf = (_, _) => PodStatus.ImageMissing();

        (int exit, _, string error) = _cluster.Run("connectivity", "test", "--nodes", "1", "--timeout", "1s");

        Assert.Equal(2, exit);
        Assert.Contains("the test's pods do not start within 1 s: \n    host-1 on node-1 prepare-node waits: ImagePullBackOff", error, StringComparison.Ordinal);
        AssertGone();
    }

    [Fact]
    public void Nodes_that_are_not_ready_take_no_part()
    {
        _cluster.SetReady("node-1", ready: false);

        (int exit, _, string error) = _cluster.Run("connectivity", "test", "--nodes", "9");

        Assert.Equal(0, exit);
        Assert.Contains("warning: node-1 is not Ready and not tested: cni plugin not initialized", error, StringComparison.Ordinal);
        Assert.Contains("nodes node-2, node-3, node-4\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_is_the_one_that_the_nodes_have()
    {
        Assert.Equal(0, _cluster.Run("install", "--image", "netweir:7").Exit);
        var images = new HashSet<string>();
        _cluster.PodStatusOf = (pod, address) =>
        {
            images.Add(pod["spec"]!["containers"]![0]!["image"]!.ToString());
            return Run(pod, address);
        };

        Assert.Equal(0, _cluster.Run("connectivity", "test", "--nodes", "1").Exit);
        Assert.Equal(["netweir:7"], images);
    }

    [Fact]
    public void Namespace_is_kept_when_that_is_wanted()
    {
        (int exit, _, string error) = _cluster.Run("connectivity", "test", "--nodes", "1", "--keep");

        Assert.Equal(0, exit);
        Assert.Contains("kept: kubectl -n netweir-connectivity-", error, StringComparison.Ordinal);
        Assert.Single(_cluster.Server.Store.All("namespaces"));
    }

    [Fact]
    public async Task Namespace_is_deleted_when_the_test_is_broken_off()
    {
        _cluster.PodStatusOf = (_, _) => PodStatus.ImageMissing();
        string kubeconfig = Path.GetTempFileName();
        _cluster.Server.WriteKubeConfig(kubeconfig);
        using var client = new Kube.RawClient(Kube.KubeConfig.FromFile(kubeconfig));
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        var test = new ConnectivityTest(client, output, new Progress(output, TimeProvider.System))
        {
            Format = Maps.OutputFormat.Table,
            Nodes = 1,
            Image = null,
            Keep = false,
            AllDetails = false,
            HostPort = 1,
            Limit = TimeSpan.FromMinutes(1),
        };

        Task<int> running = test.RunAsync(stop.Token);
        await Support.Lab.Wait.UntilAsync("pods are deployed", TimeSpan.FromSeconds(20), () => Task.FromResult(_cluster.Server.Store.All("pods").Count == 2));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        AssertGone();
        File.Delete(kubeconfig);
    }

    private void AssertGone()
    {
        Assert.Empty(_cluster.Server.Store.All("namespaces"));
        Assert.Contains(_cluster.Server.Requests, r => r.Verb == "delete" && r.Kind?.Kind == "Namespace");
    }

    /// <summary>Servers run; probing pods have ended, with their log.</summary>
    private JsonObject Run(JsonObject pod, string address)
    {
        JsonNode container = pod["spec"]!["containers"]![0]!;
        string? checks = container["env"]!.AsArray().FirstOrDefault(e => e!["name"]!.ToString() == ConnectivityPod.ChecksVariable)?["value"]!.ToString();
        if (checks is null)
        {
            return PodStatus.Ready(address);
        }

        IEnumerable<ProbeResult?> results = JsonSerializer.Deserialize(checks, ProbeJson.Default.IReadOnlyListProbeCheck)!.Select(_answer);
        _cluster.Server.PodLogs[$"{pod["metadata"]!["namespace"]}/{pod["metadata"]!["name"]}/ctl"] =
            string.Concat(results.OfType<ProbeResult>().Select(r => JsonSerializer.Serialize(r, ProbeJson.Default.ProbeResult) + "\n")) + "error: out of luck\n";
        return PodStatus.Ended(address);
    }
}
