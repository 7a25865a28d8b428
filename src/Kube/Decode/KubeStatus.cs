namespace Netweir.Kube;

/// <summary>meta/v1 Status: how the API server words a failure.</summary>
internal sealed record KubeStatus
{
    public string? Kind { get; init; }

    public string? Message { get; init; }

    public string? Reason { get; init; }

    public int Code { get; init; }

    public KubeStatusDetails? Details { get; init; }
}
