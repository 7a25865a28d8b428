using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
public sealed record EndpointSlice : IKubeObject
{
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    private readonly ObjectMeta _metadata = ObjectMeta.Empty;
    private readonly string _addressType = "";
    private readonly IReadOnlyList<Endpoint> _endpoints = [];
    private readonly IReadOnlyList<EndpointPort> _ports = [];

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    public string AddressType { get => _addressType; init => _addressType = value ?? ""; }

    public IReadOnlyList<Endpoint> Endpoints { get => _endpoints; init => _endpoints = value.WithoutNulls(); }

    public IReadOnlyList<EndpointPort> Ports { get => _ports; init => _ports = value.WithoutNulls(); }

    /// <summary>Label <c>kubernetes.io/service-name</c>: the service in the same namespace that the slice belongs to, or null.</summary>
    [JsonIgnore]
    public string? ServiceName => Metadata.Labels.GetValueOrDefault(ServiceNameLabel);
}
