using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>How far the cleaning of the nodes is.</summary>
internal sealed record CleanState
{
    /// <summary>That runs <c>ctl uninstall</c>.</summary>
    public const string Container = "uninstall-node";

    private static readonly string[] s_columns = ["node", "result"];

    /// <summary>Those that have a cleaning pod, by name.</summary>
    public required IReadOnlyList<(string Node, Pod Pod)> Nodes { get; init; }

    /// <summary>How many are to have one; null: the DaemonSet's controller has not counted yet.</summary>
    public required int? Wanted { get; init; }

    public int Clean => Nodes.Count(n => IsClean(n.Pod));

    public bool IsDone => Wanted is { } wanted && Clean >= wanted;

    public static async Task<CleanState> ReadAsync(RawClient client, ObjectKey daemonSet, string podLabel, CancellationToken cancellationToken)
    {
        DaemonSet set = await client.GetAsync(KubeResources.DaemonSets, daemonSet.Namespace, daemonSet.Name, cancellationToken).ConfigureAwait(false);
        KubeList<Pod> pods = await client.ListAsync(
            KubeResources.Pods, new KubeQuery { Namespace = daemonSet.Namespace, LabelSelector = podLabel }, cancellationToken).ConfigureAwait(false);
        return new CleanState
        {
            Nodes = [.. pods.Items.Where(p => p.Spec.NodeName is not null).Select(p => (p.Spec.NodeName!, p)).OrderBy(p => p.Item1, StringComparer.Ordinal)],
            Wanted = set.IsObserved ? set.Status.DesiredNumberScheduled : null,
        };
    }

    /// <summary>
    /// The container's result counts, not the pod's readiness: nodes without a network plugin are not ready, and Kubernetes says so of all pods on them.
    /// </summary>
    public static bool IsClean(Pod pod) => pod.Status.InitContainerStatuses.Any(c => c is { Name: Container, State.Terminated.ExitCode: 0 });

    public static string Result(Pod pod) => IsClean(pod) ? "clean" : $"not clean: {PodTrouble.Of(pod) ?? "its kubelet has not reported"}";

    public MapTable Table() => new()
    {
        Name = "nodes",
        Columns = s_columns,
        Rows = [.. Nodes.Select(n => (IReadOnlyList<Cell>)[n.Node, Result(n.Pod)])],
    };
}
