namespace Netweir.Kube;

/// <summary>At most one is set; with none, the container waits.</summary>
public sealed record ContainerState
{
    public ContainerWaiting? Waiting { get; init; }

    public ContainerTerminated? Terminated { get; init; }

    internal static ContainerState Empty { get; } = new();
}
