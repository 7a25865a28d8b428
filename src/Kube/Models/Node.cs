using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>core/v1 Node.</summary>
public sealed record Node : IKubeObject
{
    public const string ZoneLabel = "topology.kubernetes.io/zone";

    private readonly ObjectMeta _metadata = ObjectMeta.Empty;
    private readonly NodeSpec _spec = NodeSpec.Empty;
    private readonly NodeStatus _status = NodeStatus.Empty;

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }

    public NodeSpec Spec { get => _spec; init => _spec = value ?? NodeSpec.Empty; }

    public NodeStatus Status { get => _status; init => _status = value ?? NodeStatus.Empty; }

    /// <summary>Label <c>topology.kubernetes.io/zone</c>, or null.</summary>
    [JsonIgnore]
    public string? Zone => Metadata.Labels.GetValueOrDefault(ZoneLabel);

    /// <summary>The <c>InternalIP</c> addresses in API order, as text.</summary>
    [JsonIgnore]
    public IEnumerable<string> InternalIPs => Status.Addresses.Where(a => a.Type == NodeAddress.InternalIP).Select(a => a.Address);

    /// <summary>Pod networks in CIDR notation; <c>spec.podCIDR</c> when <c>spec.podCIDRs</c> is absent.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> PodCIDRs => Spec.PodCIDRs.Count > 0 || Spec.PodCIDR is null ? Spec.PodCIDRs : [Spec.PodCIDR];
}
