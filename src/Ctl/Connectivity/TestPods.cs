using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Waits for the pods of a connectivity test.</summary>
internal sealed class TestPods(RawClient client, Progress progress, string ns)
{
    public required TimeSpan Limit { get; init; }

    public required TimeSpan Between { get; init; }

    /// <summary>Until so many pods are ready, with their addresses.</summary>
    /// <exception cref="CtlException">They are not within the time; with each one's trouble.</exception>
    public async Task<IReadOnlyList<Pod>> StartedAsync(int count, CancellationToken cancellationToken)
    {
        IReadOnlyList<Pod> pods = [];
        bool done = await ClusterTime.UntilAsync(
            progress,
            async token =>
            {
                pods = await ListAsync(token).ConfigureAwait(false);
                Tell(pods);
                int ready = pods.Count(IsReady);
                progress.Say("servers", $"servers ready {ready} of {count}");
                return ready >= count;
            },
            Limit,
            Between,
            cancellationToken).ConfigureAwait(false);
        return done ? pods : throw new CtlException($"the test's pods do not start within {Limit.TotalSeconds:0} s: "
            + string.Concat(pods.Where(p => !IsReady(p)).Select(p => $"\n    {p.Metadata.Name} on {p.Spec.NodeName} {PodTrouble.Of(p) ?? "has no address"}"))
            + "\nA pod that waits for its network: 'ctl status' on that node; for its image: bring it to the nodes (docs/install.md), or name another with --image");
    }

    /// <summary>Until the pods have ended. Their logs by name, also of those that did not end in time.</summary>
    public async Task<IReadOnlyDictionary<string, string>> EndedAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await ClusterTime.UntilAsync(
            progress,
            async token =>
            {
                Pod[] pods = [.. (await ListAsync(token).ConfigureAwait(false)).Where(p => names.Contains(p.Metadata.Name))];
                Tell(pods.Where(p => p.Status.Phase != "Succeeded"));
                int ended = pods.Count(p => p.Status.Phase is "Succeeded" or "Failed");
                progress.Say("probers", $"probing pods ended {ended} of {names.Count}");
                return ended >= names.Count;
            },
            Limit,
            Between,
            cancellationToken).ConfigureAwait(false);
        var logs = new Dictionary<string, string>();
        foreach (string name in names)
        {
            logs[name] = await LogAsync(name, cancellationToken).ConfigureAwait(false);
        }

        return logs;
    }

    private static bool IsReady(Pod pod) => pod.Status.IsReady && pod.Status.Addresses.Count > 0;

    /// <summary>Only what holds a pod up; that it is about to start is no news.</summary>
    private void Tell(IEnumerable<Pod> pods)
    {
        foreach (Pod pod in pods.Where(p => p.Status.Phase is "Pending" or "Failed"))
        {
            bool starting = pod.Status.ContainerStatuses.All(c => c.State.Waiting is null or { Reason: "ContainerCreating" }) && pod.Status.Phase == "Pending";
            if (!starting && PodTrouble.Of(pod) is { } trouble)
            {
                progress.Say(pod.Metadata.Name, $"{pod.Metadata.Name} on {pod.Spec.NodeName} {trouble}");
            }
        }
    }

    private async Task<IReadOnlyList<Pod>> ListAsync(CancellationToken cancellationToken) =>
        (await client.ListAsync(KubeResources.Pods, new KubeQuery { Namespace = ns }, cancellationToken).ConfigureAwait(false)).Items;

    private async Task<string> LogAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.LogAsync(new ObjectKey(ns, name), "ctl", null, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeException e)
        {
            return $"its log cannot be read: {e.Message}";
        }
    }
}
