namespace Netweir.Kube;

/// <summary>DaemonSet.status: numbers of nodes.</summary>
public sealed record DaemonSetStatus
{
    /// <summary>That are to have a pod.</summary>
    public int DesiredNumberScheduled { get; init; }

    /// <summary>That have one of the newest template.</summary>
    public int UpdatedNumberScheduled { get; init; }

    /// <summary>Whose pod is ready.</summary>
    public int NumberReady { get; init; }

    public long ObservedGeneration { get; init; }

    internal static DaemonSetStatus Empty { get; } = new();
}
