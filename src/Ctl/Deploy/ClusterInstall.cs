using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>Applies the manifest, and waits until every node has its network.</summary>
internal sealed class ClusterInstall(RawClient client, TextWriter output, Progress progress)
{
    public const string FieldManager = "netweir";

    public required OutputFormat Format { get; init; }

    public required bool Force { get; init; }

    /// <summary>How long; null: not at all.</summary>
    public required TimeSpan? Wait { get; init; }

    /// <summary>Looks pause for so long.</summary>
    public TimeSpan Between { get; init; } = ClusterTime.BetweenLooks;

    /// <returns>An <see cref="ExitCode"/>.</returns>
    /// <exception cref="CtlException">Somebody else's network is in the way.</exception>
    /// <exception cref="KubeException">The API refused something.</exception>
    public async Task<int> RunAsync(IReadOnlyList<KubeDocument> manifest, CancellationToken cancellationToken)
    {
        await LookForOthersAsync(cancellationToken).ConfigureAwait(false);
        foreach (KubeDocument document in manifest)
        {
            await client.ApplyAsync(document, FieldManager, cancellationToken).ConfigureAwait(false);
            progress.Say($"applied {document}");
        }

        if (Wait is not { } limit)
        {
            progress.Say($"not waited for: kubectl -n {Namespace(manifest)} rollout status daemonset/netweir");
            return ExitCode.Ok;
        }

        var look = new InstallLook(client, manifest.Single(d => d.Kind == "DaemonSet").Key);
        var words = new AgentWords(client);
        InstallState state = InstallState.Unknown;
        bool done = await ClusterTime.UntilAsync(
            progress,
            async token =>
            {
                state = await look.TakeAsync(token).ConfigureAwait(false);
                await TellAsync(state, words, token).ConfigureAwait(false);
                return state.IsDone;
            },
            limit,
            Between,
            cancellationToken).ConfigureAwait(false);
        return Conclude(state, done, limit);
    }

    private static string Namespace(IReadOnlyList<KubeDocument> manifest) => manifest.Single(d => d.Kind == "DaemonSet").Key.Namespace;

    private async Task LookForOthersAsync(CancellationToken cancellationToken)
    {
        KubeList<DaemonSet> all = await client.ListAsync(KubeResources.DaemonSets, KubeQuery.All, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<OtherNetwork> others = OtherNetworks.Find(all.Items);
        if (others.Count == 0)
        {
            return;
        }

        string found = $"this cluster has a network already: {string.Join(", ", others)}";
        string remedy = string.Concat(OtherNetworks.Remedy(others).Select(l => $"\n    {l}"));
        if (!Force)
        {
            throw new CtlException($"{found}; nothing was changed. Netweir does the work of both and must be alone. Remove them first:{remedy}\n"
                + "then install with --take-over, which cleans each node of what they left before its agent starts; or install with --force beside them.");
        }

        progress.Say($"warning: {found}. While they run they go on writing rules and configuration of their own. Remove them:{remedy}");
    }

    private async Task TellAsync(InstallState state, AgentWords words, CancellationToken cancellationToken)
    {
        foreach (InstallNode node in state.Nodes)
        {
            string? trouble = node.Trouble;
            if (node.Agent is { } pod && trouble is not null && PodTrouble.Of(pod) is not null && pod.Status.Phase == "Running")
            {
                trouble = await words.AskAsync(pod, cancellationToken).ConfigureAwait(false) is { } said ? $"{trouble}: {said}" : trouble;
            }

            progress.Say(node.Name, trouble is null ? $"{node.Name}: ready" : $"{node.Name}: {trouble}");
        }

        progress.Say("", $"nodes ready {state.ReadyNodes} of {state.Nodes.Count}; agents up to date {state.UpdatedAgents} of {state.WantedAgents}, ready {state.ReadyAgents}");
    }

    private int Conclude(InstallState state, bool done, TimeSpan limit)
    {
        output.Write(OutputWriter.Write(state.Table(), Format));
        if (done)
        {
            progress.Say("Netweir is installed. Check it with 'ctl connectivity test', a single node with 'ctl status' on it.");
            return ExitCode.Ok;
        }

        InstallNode? first = state.Nodes.FirstOrDefault(n => n.Trouble is not null);
        progress.Say($"not ready after {limit.TotalSeconds:0} s" + (first is null
            ? ": the DaemonSet has not been rolled out; see kubectl -n kube-system describe daemonset netweir"
            : $"; begin with {first.Name}: kubectl -n kube-system logs {first.Agent?.Metadata.Name ?? "(its netweir pod)"} --all-containers, and 'ctl status' on the node. "
                + "Install again to go on waiting."));
        return ExitCode.Degraded;
    }
}
