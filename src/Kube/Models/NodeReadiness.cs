using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>core/v1 Node with its conditions.</summary>
public sealed record NodeReadiness : IKubeObject
{
    private readonly ObjectMeta _metadata = ObjectMeta.Empty;
    private readonly NodeSpec _spec = NodeSpec.Empty;
    private readonly NodeReadinessStatus _status = NodeReadinessStatus.Empty;

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }

    public NodeSpec Spec { get => _spec; init => _spec = value ?? NodeSpec.Empty; }

    public NodeReadinessStatus Status { get => _status; init => _status = value ?? NodeReadinessStatus.Empty; }

    [JsonIgnore]
    public Condition? Ready => Status.Conditions.FirstOrDefault(c => c.Type == "Ready");

    [JsonIgnore]
    public bool IsReady => Ready?.Status == "True";

    /// <summary>True also where the label is missing.</summary>
    [JsonIgnore]
    public bool IsLinux => Metadata.Labels.GetValueOrDefault("kubernetes.io/os", "linux") == "linux";

    /// <summary>The <c>InternalIP</c> addresses in API order, as text.</summary>
    [JsonIgnore]
    public IEnumerable<string> InternalIPs => Status.Addresses.Where(a => a.Type == "InternalIP").Select(a => a.Address);
}
