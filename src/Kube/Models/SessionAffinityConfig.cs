namespace Netweir.Kube;

/// <summary>Service.spec.sessionAffinityConfig.</summary>
public sealed record SessionAffinityConfig
{
    public ClientIPConfig? ClientIP { get; init; }
}
