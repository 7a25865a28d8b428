namespace Netweir.Kube;

/// <summary>Pod.spec.</summary>
public sealed record PodSpec
{
    private readonly IReadOnlyList<Container> _containers = [];
    private readonly IReadOnlyList<Container> _initContainers = [];

    /// <summary>Null until scheduled.</summary>
    public string? NodeName { get; init; }

    public bool HostNetwork { get; init; }

    public IReadOnlyList<Container> Containers { get => _containers; init => _containers = value.WithoutNulls(); }

    /// <summary>Only those with <c>restartPolicy: Always</c> serve ports beside the containers.</summary>
    public IReadOnlyList<Container> InitContainers { get => _initContainers; init => _initContainers = value.WithoutNulls(); }

    internal static PodSpec Empty { get; } = new();
}
