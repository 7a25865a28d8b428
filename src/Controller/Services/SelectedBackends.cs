namespace Netweir.Controller.Services;

/// <summary>
/// What <see cref="EndpointSelection"/> chose. A list that the traffic policies never use is empty. <paramref name="HasAny"/>: somewhere in
/// the cluster there is a usable one.
/// </summary>
internal sealed record SelectedBackends(
    IReadOnlyList<BackendCandidate> Cluster,
    IReadOnlyList<BackendCandidate> Local,
    bool HasAny)
{
    public static SelectedBackends None { get; } = new([], [], HasAny: false);
}
