namespace Netweir.Kube;

internal sealed record KubeStatusCause
{
    public string? Reason { get; init; }

    public string? Message { get; init; }
}
