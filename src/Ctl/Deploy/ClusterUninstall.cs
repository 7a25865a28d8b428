using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>Stops the agents, cleans every node by a DaemonSet, and deletes what is left in the API.</summary>
internal sealed class ClusterUninstall(RawClient client, TextWriter output, Progress progress)
{
    private const int MostPodsListed = 20;
    private const string CleanerLabel = "app.kubernetes.io/name=netweir-uninstall";

    public required OutputFormat Format { get; init; }

    public required bool Force { get; init; }

    /// <summary>Null: that of the agents.</summary>
    public required string? Image { get; init; }

    public required TimeSpan Limit { get; init; }

    /// <summary>Looks pause for so long.</summary>
    public TimeSpan Between { get; init; } = ClusterTime.BetweenLooks;

    /// <returns>An <see cref="ExitCode"/>; <see cref="ExitCode.Degraded"/> when a node is not clean, or something kept it from its end. Run again, it goes on.</returns>
    /// <exception cref="CtlException">Pods use the pod network; nothing was changed.</exception>
    /// <exception cref="KubeException">The API does not answer; nothing was changed.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<KubeDocument> installed = EmbeddedManifest.Netweir();
        KubeDocument agents = installed.Single(d => d.Kind == "DaemonSet");
        await RefuseWhilePodsRunAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<KubeDocument> cleaner = await CleanerAsync(agents, installed, cancellationToken).ConfigureAwait(false);
        try
        {
            return await RemoveAllAsync(agents, cleaner, installed, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CtlException or KubeException)
        {
            progress.Say($"not finished: {e.Message}\nRun 'ctl uninstall --cluster' again: it goes on where this ended.");
            return ExitCode.Degraded;
        }
    }

    private async Task<int> RemoveAllAsync(
        KubeDocument agents, IReadOnlyList<KubeDocument> cleaner, IReadOnlyList<KubeDocument> installed, CancellationToken cancellationToken)
    {
        await StopAgentsAsync(agents, cancellationToken).ConfigureAwait(false);

        // From one that was interrupted: its pods have a result already, perhaps of another image.
        await RemoveAsync(cleaner.Single(), CleanerLabel, cancellationToken).ConfigureAwait(false);
        await client.ApplyAsync(cleaner.Single(), ClusterInstall.FieldManager, cancellationToken).ConfigureAwait(false);
        CleanState state = await CleanNodesAsync(cleaner.Single().Key, cancellationToken).ConfigureAwait(false);
        output.Write(OutputWriter.Write(state.Table(), Format));
        if (!state.IsDone)
        {
            await TellFailuresAsync(state, cancellationToken).ConfigureAwait(false);
            return ExitCode.Degraded;
        }

        await RemoveAsync(cleaner.Single(), CleanerLabel, cancellationToken).ConfigureAwait(false);
        foreach (KubeDocument document in installed.Where(d => d.Kind != "DaemonSet").Reverse())
        {
            progress.Say(await client.DeleteAsync(document, cancellationToken).ConfigureAwait(false) ? $"deleted {document}" : $"{document} was not there");
        }

        progress.Say("Netweir is removed. Nodes become NotReady until they get another network plugin.");
        return ExitCode.Ok;
    }

    private async Task RefuseWhilePodsRunAsync(CancellationToken cancellationToken)
    {
        KubeList<Pod> pods = await client.ListAsync(KubeResources.Pods, KubeQuery.All, cancellationToken).ConfigureAwait(false);
        Pod[] users = [.. pods.Items.Where(PodNetworkUsers.Uses).OrderBy(p => p.Metadata.Key.ToString(), StringComparer.Ordinal)];
        if (users.Length == 0)
        {
            return;
        }

        string text = string.Concat(users.Take(MostPodsListed).Select(p => $"\n    {p.Metadata.Key} on {p.Spec.NodeName}"))
            + (users.Length > MostPodsListed ? $"\n    and {users.Length - MostPodsListed} more" : "");
        if (!Force)
        {
            throw new CtlException($"{users.Length} pods use the pod network, and would lose it; nothing was changed:{text}\nScale down or delete what owns them, or "
                + "use --force and restart them when another network plugin is there");
        }

        progress.Say($"warning: {users.Length} pods use the pod network and lose it now; restart them when another network plugin is there:{text}");
    }

    private async Task<IReadOnlyList<KubeDocument>> CleanerAsync(
        KubeDocument agents, IReadOnlyList<KubeDocument> installed, CancellationToken cancellationToken)
    {
        IReadOnlyList<KubeDocument> cleaner = EmbeddedManifest.Uninstall();
        string image = Image
            ?? await InstalledImage.FindAsync(client, agents.Key, cancellationToken).ConfigureAwait(false)
            // An earlier run, which did not come to its end, has deleted the agents.
            ?? await InstalledImage.FindAsync(client, cleaner.Single().Key, cancellationToken).ConfigureAwait(false)
            ?? ManifestEdits.Image(installed);
        ManifestEdits.SetImage(cleaner, image);
        if (Force)
        {
            ManifestEdits.AppendToCommand(cleaner, CleanState.Container, "--force");
        }

        return cleaner;
    }

    private async Task StopAgentsAsync(KubeDocument agents, CancellationToken cancellationToken)
    {
        bool gone = await RemoveAsync(agents, InstallLook.PodLabel, cancellationToken).ConfigureAwait(false);
        progress.Say(gone ? "the agents have ended" : "there was no DaemonSet netweir: only the nodes are cleaned");
    }

    /// <summary>Deletes a DaemonSet and waits until its pods are gone. False when there was none.</summary>
    private async Task<bool> RemoveAsync(KubeDocument set, string podLabel, CancellationToken cancellationToken)
    {
        bool existed = await client.DeleteAsync(set, cancellationToken).ConfigureAwait(false);
        var query = new KubeQuery { Namespace = set.Key.Namespace, LabelSelector = podLabel };
        Pod[] left = [];
        bool done = await ClusterTime.UntilAsync(
            progress,
            async token =>
            {
                left = [.. (await client.ListAsync(KubeResources.Pods, query, token).ConfigureAwait(false)).Items];
                if (left.Length > 0)
                {
                    progress.Say(set.ToString(), $"{set} is deleted; {left.Length} of its pods have not ended");
                }

                return left.Length == 0;
            },
            Limit,
            Between,
            cancellationToken).ConfigureAwait(false);
        return done
            ? existed
            : throw new CtlException($"pods of {set} do not end: {string.Join(", ", left.Select(p => $"{p.Metadata.Name} on {p.Spec.NodeName}"))}; "
                + "look at the kubelet there (a node that is gone: delete its Node), then run this again");
    }

    private async Task<CleanState> CleanNodesAsync(ObjectKey cleaner, CancellationToken cancellationToken)
    {
        CleanState state = new() { Nodes = [], Wanted = null };
        await ClusterTime.UntilAsync(
            progress,
            async token =>
            {
                state = await CleanState.ReadAsync(client, cleaner, CleanerLabel, token).ConfigureAwait(false);
                foreach ((string node, Pod pod) in state.Nodes)
                {
                    progress.Say(node, $"{node}: {CleanState.Result(pod)}");
                }

                progress.Say("", $"nodes clean {state.Clean} of {state.Wanted?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}");
                return state.IsDone;
            },
            Limit,
            Between,
            cancellationToken).ConfigureAwait(false);
        return state;
    }

    private async Task TellFailuresAsync(CleanState state, CancellationToken cancellationToken)
    {
        foreach ((string node, Pod pod) in state.Nodes.Where(n => !CleanState.IsClean(n.Pod)))
        {
            string log;
            try
            {
                log = await client.LogAsync(pod.Metadata.Key, CleanState.Container, 20, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeException e)
            {
                log = $"(no log: {e.Message})";
            }

            progress.Say($"{node} is not clean. Its log ends:\n{log.TrimEnd()}");
        }

        progress.Say("DaemonSet netweir-uninstall goes on trying. When the cause is repaired, run 'ctl uninstall --cluster' again.");
    }
}
