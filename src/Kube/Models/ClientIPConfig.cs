namespace Netweir.Kube;

/// <summary>ClientIP affinity.</summary>
public sealed record ClientIPConfig
{
    public int? TimeoutSeconds { get; init; }
}
