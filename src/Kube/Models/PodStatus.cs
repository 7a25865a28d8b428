using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>Pod.status.</summary>
public sealed record PodStatus
{
    private readonly string _phase = "";
    private readonly IReadOnlyList<PodIP> _podIPs = [];

    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    public string Phase { get => _phase; init => _phase = value ?? ""; }

    public string? PodIP { get; init; }

    public IReadOnlyList<PodIP> PodIPs { get => _podIPs; init => _podIPs = value.WithoutNulls(); }

    public string? HostIP { get; init; }

    internal static PodStatus Empty { get; } = new();

    /// <summary>The pod's addresses as text; <c>podIP</c> when <c>podIPs</c> is absent.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Addresses => PodIPs.Count > 0 ? [.. PodIPs.Select(p => p.IP)] : PodIP is null or "" ? [] : [PodIP];
}
