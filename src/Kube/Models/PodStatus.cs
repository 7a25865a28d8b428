using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>Pod.status.</summary>
public sealed record PodStatus
{
    private readonly string _phase = "";
    private readonly IReadOnlyList<PodIP> _podIPs = [];
    private readonly IReadOnlyList<Condition> _conditions = [];
    private readonly IReadOnlyList<ContainerStatus> _containerStatuses = [];
    private readonly IReadOnlyList<ContainerStatus> _initContainerStatuses = [];

    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string Phase { get => _phase; init => _phase = value ?? ""; }

    public string? PodIP { get; init; }

    public IReadOnlyList<PodIP> PodIPs { get => _podIPs; init => _podIPs = value.WithoutNulls(); }

    public string? HostIP { get; init; }

    /// <summary>Why the pod is in its phase, such as <c>Evicted</c>; null as a rule.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<Condition> Conditions { get => _conditions; init => _conditions = value ?? []; }

    public IReadOnlyList<ContainerStatus> ContainerStatuses { get => _containerStatuses; init => _containerStatuses = value ?? []; }

    public IReadOnlyList<ContainerStatus> InitContainerStatuses { get => _initContainerStatuses; init => _initContainerStatuses = value ?? []; }

    /// <summary>Serves: passes its readiness probe, and is not being stopped.</summary>
    [JsonIgnore]
    public bool IsReady => Conditions.Any(c => c is { Type: "Ready", Status: "True" });

    internal static PodStatus Empty { get; } = new();

    /// <summary>The pod's addresses as text; <c>podIP</c> when <c>podIPs</c> is absent.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Addresses => PodIPs.Count > 0 ? [.. PodIPs.Select(p => p.IP)] : PodIP is null or "" ? [] : [PodIP];
}
