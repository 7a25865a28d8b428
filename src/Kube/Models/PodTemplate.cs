namespace Netweir.Kube;

/// <summary>What pods are made from.</summary>
public sealed record PodTemplate
{
    private readonly PodSpec _spec = PodSpec.Empty;

    public PodSpec Spec { get => _spec; init => _spec = value ?? PodSpec.Empty; }

    internal static PodTemplate Empty { get; } = new();
}
