using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>Service.spec. Absent enumerations have the API server's default.</summary>
public sealed record ServiceSpec
{
    private readonly string _type = "ClusterIP";
    private readonly IReadOnlyList<string> _clusterIPs = [];
    private readonly IReadOnlyList<string> _ipFamilies = [];
    private readonly IReadOnlyList<ServicePort> _ports = [];
    private readonly IReadOnlyList<string> _externalIPs = [];
    private readonly string _externalTrafficPolicy = "Cluster";
    private readonly string _internalTrafficPolicy = "Cluster";
    private readonly string _sessionAffinity = "None";
    private readonly IReadOnlyList<string> _loadBalancerSourceRanges = [];

    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    public string Type { get => _type; init => _type = value ?? "ClusterIP"; }

    /// <summary><c>None</c> for a headless service; null or empty before allocation.</summary>
    public string? ClusterIP { get; init; }

    public IReadOnlyList<string> ClusterIPs { get => _clusterIPs; init => _clusterIPs = value.WithoutNulls(); }

    /// <summary>IPv4, IPv6; the first is the primary family.</summary>
    public IReadOnlyList<string> IpFamilies { get => _ipFamilies; init => _ipFamilies = value.WithoutNulls(); }

    public IReadOnlyList<ServicePort> Ports { get => _ports; init => _ports = value.WithoutNulls(); }

    public IReadOnlyList<string> ExternalIPs { get => _externalIPs; init => _externalIPs = value.WithoutNulls(); }

    /// <summary>Cluster or Local.</summary>
    public string ExternalTrafficPolicy { get => _externalTrafficPolicy; init => _externalTrafficPolicy = value ?? "Cluster"; }

    /// <summary>Cluster or Local.</summary>
    public string InternalTrafficPolicy { get => _internalTrafficPolicy; init => _internalTrafficPolicy = value ?? "Cluster"; }

    /// <summary>None or ClientIP.</summary>
    public string SessionAffinity { get => _sessionAffinity; init => _sessionAffinity = value ?? "None"; }

    public SessionAffinityConfig? SessionAffinityConfig { get; init; }

    /// <summary>0 when there is none.</summary>
    public int HealthCheckNodePort { get; init; }

    /// <summary>As written: may carry white space.</summary>
    public IReadOnlyList<string> LoadBalancerSourceRanges { get => _loadBalancerSourceRanges; init => _loadBalancerSourceRanges = value.WithoutNulls(); }

    public bool PublishNotReadyAddresses { get; init; }

    /// <summary>PreferClose, PreferSameZone, PreferSameNode or null.</summary>
    public string? TrafficDistribution { get; init; }

    internal static ServiceSpec Empty { get; } = new();

    /// <summary>Affinity time-out in seconds; the API's default of 10800 when it is not set.</summary>
    [JsonIgnore]
    public int AffinityTimeoutSeconds => SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? 10800;

    /// <summary>The cluster addresses that can be programmed: <c>clusterIPs</c>, else <c>clusterIP</c>, without <c>None</c> and empty ones.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Addresses =>
        [.. (ClusterIPs.Count > 0 ? ClusterIPs : ClusterIP is null ? [] : [ClusterIP]).Where(a => a is not ("" or "None"))];
}
