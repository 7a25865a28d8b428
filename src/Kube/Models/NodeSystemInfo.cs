namespace Netweir.Kube;

/// <summary>What the kubelet says of its machine.</summary>
public sealed record NodeSystemInfo
{
    public string? KernelVersion { get; init; }

    public string? KubeletVersion { get; init; }

    internal static NodeSystemInfo Empty { get; } = new();
}
