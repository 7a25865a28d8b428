using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>Deploys, waits, measures, tells, cleans up.</summary>
internal sealed class ConnectivityTest(RawClient client, TextWriter output, Progress progress)
{
    private const string FieldManager = "netweir-connectivity";
    private static readonly TimeSpan s_cleanUp = TimeSpan.FromSeconds(15);

    public required OutputFormat Format { get; init; }

    public required int Nodes { get; init; }

    /// <summary>Null: that of the cluster's agents, else ctl's own.</summary>
    public required string? Image { get; init; }

    public required bool Keep { get; init; }

    public required bool AllDetails { get; init; }

    public required int HostPort { get; init; }

    /// <summary>For the pods to start, and again for the checks.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Looks pause for so long.</summary>
    public TimeSpan Between { get; init; } = ClusterTime.BetweenLooks;

    /// <returns>An <see cref="ExitCode"/>.</returns>
    /// <exception cref="CtlException">The test could not be made.</exception>
    /// <exception cref="KubeException">The API refused something.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> nodes = await ChooseNodesAsync(cancellationToken).ConfigureAwait(false);
        string image = Image ?? await ImageAsync(cancellationToken).ConfigureAwait(false);
        var objects = new ConnectivityObjects($"netweir-connectivity-{RandomNumberGenerator.GetHexString(4, lowercase: true)}", image, HostPort);
        progress.Say($"namespace {objects.NamespaceName}, image {image}, nodes {string.Join(", ", nodes)}"
            + (nodes.Count == 1 ? "; one node only: nothing between nodes is tested" : ""));
        try
        {
            await client.ApplyAsync(objects.Namespace(), FieldManager, cancellationToken).ConfigureAwait(false);
            return await MeasureAsync(objects, nodes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await CleanUpAsync(objects).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<string>> ChooseNodesAsync(CancellationToken cancellationToken)
    {
        KubeList<NodeReadiness> all = await client.ListAsync(KubeResources.NodeReadiness, KubeQuery.All, cancellationToken).ConfigureAwait(false);
        NodeReadiness[] ready = [.. all.Items.Where(n => n.IsReady && n.IsLinux)];
        if (ready.Length == 0 || Nodes < 1)
        {
            throw new CtlException(Nodes < 1 ? "--nodes must be 1 or more" : $"none of {all.Items.Count} nodes is Ready: see kubectl get nodes, and 'ctl status' on one");
        }

        foreach (NodeReadiness node in all.Items.Where(n => n.IsLinux && !n.IsReady))
        {
            progress.Say($"warning: {node.Metadata.Name} is not Ready and not tested: {node.Ready?.Message}");
        }

        // Workers first, as their pods are what matters most.
        return [.. ready.OrderBy(n => n.Spec.Taints.Any(t => t.Effect is "NoSchedule" or "NoExecute"))
            .ThenBy(n => n.Metadata.Name, StringComparer.Ordinal).Take(Nodes).Select(n => n.Metadata.Name)];
    }

    private async Task<string> ImageAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<KubeDocument> manifest = EmbeddedManifest.Netweir();
        return await InstalledImage.FindAsync(client, manifest.Single(d => d.Kind == "DaemonSet").Key, cancellationToken).ConfigureAwait(false)
            ?? ManifestEdits.Image(manifest);
    }

    private async Task<int> MeasureAsync(ConnectivityObjects objects, IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        foreach (KubeDocument document in objects.Services().Concat(objects.Servers(nodes)))
        {
            await client.ApplyAsync(document, FieldManager, cancellationToken).ConfigureAwait(false);
        }

        var pods = new TestPods(client, progress, objects.NamespaceName) { Limit = Limit, Between = Between };
        IReadOnlyList<Pod> servers = await pods.StartedAsync(nodes.Count * 2, cancellationToken).ConfigureAwait(false);
        TestTopology topology = await new TopologyReader(client).ReadAsync(objects, nodes, servers, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<PlannedCheck> plan = ConnectivityPlan.Create(topology);
        KubeDocument[] probers = [.. objects.Probers(plan)];
        progress.Say($"{plan.Count} checks from {probers.Length} pods ({string.Join(" and ", topology.Families.Select(v6 => v6 ? "IPv6" : "IPv4"))})");
        foreach (KubeDocument document in probers)
        {
            await client.ApplyAsync(document, FieldManager, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyDictionary<string, string> logs = await pods.EndedAsync([.. probers.Select(p => p.Key.Name)], cancellationToken).ConfigureAwait(false);
        return Tell(plan, logs);
    }

    private int Tell(IReadOnlyList<PlannedCheck> plan, IReadOnlyDictionary<string, string> logs)
    {
        Dictionary<int, ProbeResult> found = logs.Values.SelectMany(Parse).ToDictionary(r => r.Id);
        (PlannedCheck, ProbeResult)[] results = [.. plan.Select(p => (p, found.GetValueOrDefault(p.Check.Id) ?? Missing(p, logs)))];
        output.Write(OutputWriter.Write(AllDetails || Format != OutputFormat.Table ? ConnectivityReport.Details(results) : ConnectivityReport.Summary(results), Format));
        foreach (string failure in ConnectivityReport.Failures(results))
        {
            progress.Say(failure);
        }

        int bad = results.Count(r => !r.Item2.Ok);
        progress.Say(bad == 0
            ? $"verdict: fine; {results.Length} checks"
            : string.Create(CultureInfo.InvariantCulture, $"verdict: {bad} of {results.Length} checks failed"));
        return bad == 0 ? ExitCode.Ok : ExitCode.Degraded;
    }

    /// <summary>Lines that are not a result are what the pod says of its own trouble: <see cref="Missing"/> shows them.</summary>
    private static IEnumerable<ProbeResult> Parse(string log)
    {
        foreach (string line in log.Split('\n').Where(l => l.StartsWith('{')))
        {
            ProbeResult? result = null;
            try
            {
                result = JsonSerializer.Deserialize(line, ProbeJson.Default.ProbeResult);
            }
            catch (JsonException)
            {
                // A last line that was cut off. Its check is told of as missing.
            }

            if (result is not null)
            {
                yield return result;
            }
        }
    }

    private static ProbeResult Missing(PlannedCheck plan, IReadOnlyDictionary<string, string> logs)
    {
        string? last = logs.GetValueOrDefault(plan.Prober)?.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(l => !l.StartsWith('{'));
        return new ProbeResult { Id = plan.Check.Id, Ok = false, Tried = ConnectivityReport.NotTried, Came = $"pod {plan.Prober} did not get to it{(last is null ? "" : $": {last}")}" };
    }

    /// <summary>Also after Ctrl-C, hence without the caller's token. What the namespace holds goes in the background.</summary>
    private async Task CleanUpAsync(ConnectivityObjects objects)
    {
        if (Keep)
        {
            progress.Say($"kept: kubectl -n {objects.NamespaceName} get all -o wide; remove it with kubectl delete namespace {objects.NamespaceName}");
            return;
        }

        using var limit = new CancellationTokenSource(s_cleanUp);
        try
        {
            if (await client.DeleteAsync(objects.Namespace(), limit.Token).ConfigureAwait(false))
            {
                progress.Say($"deleted namespace {objects.NamespaceName}");
            }
        }
        catch (Exception e) when (e is KubeException or OperationCanceledException)
        {
            progress.Say($"warning: namespace {objects.NamespaceName} may be left: {e.Message}; kubectl delete namespace {objects.NamespaceName}");
        }
    }
}
