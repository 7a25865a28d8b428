using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>How far an installation is.</summary>
internal sealed record InstallState
{
    private static readonly string[] s_columns = ["node", "ready", "agent", "address", "kubelet", "kernel"];

    /// <summary>Before the first look.</summary>
    public static InstallState Unknown { get; } = new() { Nodes = [], WantedAgents = 0, UpdatedAgents = 0, ReadyAgents = 0, RolledOut = false };

    /// <summary>Those with Linux, by name.</summary>
    public required IReadOnlyList<InstallNode> Nodes { get; init; }

    public required int WantedAgents { get; init; }

    public required int UpdatedAgents { get; init; }

    public required int ReadyAgents { get; init; }

    public required bool RolledOut { get; init; }

    public int ReadyNodes => Nodes.Count(n => n.Node.IsReady);

    public bool IsDone => RolledOut && Nodes.Count > 0 && ReadyNodes == Nodes.Count;

    public static InstallState Create(DaemonSet set, IEnumerable<NodeReadiness> nodes, IEnumerable<Pod> pods)
    {
        // Of two pods on a node, the one that stays.
        Dictionary<string, Pod> agents = pods.Where(p => p.Spec.NodeName is not null)
            .GroupBy(p => p.Spec.NodeName!).ToDictionary(g => g.Key, g => g.OrderBy(p => p.Metadata.DeletionTimestamp is not null).First());
        return new InstallState
        {
            Nodes = [.. nodes.Where(n => n.IsLinux).OrderBy(n => n.Metadata.Name, StringComparer.Ordinal)
                .Select(n => new InstallNode(n, agents.GetValueOrDefault(n.Metadata.Name)))],
            WantedAgents = set.Status.DesiredNumberScheduled,
            UpdatedAgents = set.IsObserved ? set.Status.UpdatedNumberScheduled : 0,
            ReadyAgents = set.Status.NumberReady,
            RolledOut = set.IsRolledOut,
        };
    }

    public MapTable Table() => new()
    {
        Name = "nodes",
        Columns = s_columns,
        Rows = [.. Nodes.Select(n => (IReadOnlyList<Cell>)
        [
            n.Name, n.Node.IsReady ? "yes" : "no", n.Agent is null ? "none" : PodTrouble.Of(n.Agent) ?? "ready",
            string.Join(",", n.Node.InternalIPs), n.Node.Status.NodeInfo.KubeletVersion, n.Node.Status.NodeInfo.KernelVersion,
        ])],
    };
}
