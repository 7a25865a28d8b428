namespace Netweir.Kube;

internal sealed record KubeStatusDetails
{
    public IReadOnlyList<KubeStatusCause>? Causes { get; init; }

    public int RetryAfterSeconds { get; init; }
}
