namespace Netweir.Kube;

/// <summary>DaemonSet.spec.</summary>
public sealed record DaemonSetSpec
{
    private readonly PodTemplate _template = PodTemplate.Empty;

    public PodTemplate Template { get => _template; init => _template = value ?? PodTemplate.Empty; }

    internal static DaemonSetSpec Empty { get; } = new();
}
