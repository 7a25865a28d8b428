namespace Netweir.Kube;

/// <summary>Why a container does not run yet, or not again yet.</summary>
public sealed record ContainerWaiting
{
    /// <summary>For example <c>ImagePullBackOff</c>.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }
}
