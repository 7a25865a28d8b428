namespace Netweir.Kube;

/// <summary>Node.spec.</summary>
public sealed record NodeSpec
{
    private readonly IReadOnlyList<string> _podCIDRs = [];
    private readonly IReadOnlyList<Taint> _taints = [];

    public string? PodCIDR { get; init; }

    public IReadOnlyList<string> PodCIDRs { get => _podCIDRs; init => _podCIDRs = value.WithoutNulls(); }

    public IReadOnlyList<Taint> Taints { get => _taints; init => _taints = value.WithoutNulls(); }

    internal static NodeSpec Empty { get; } = new();
}
