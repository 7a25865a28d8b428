namespace Netweir.Kube;

/// <summary>core/v1 Pod.</summary>
public sealed record Pod : IKubeObject
{
    private readonly ObjectMeta _metadata = ObjectMeta.Empty;
    private readonly PodSpec _spec = PodSpec.Empty;
    private readonly PodStatus _status = PodStatus.Empty;

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }

    public PodSpec Spec { get => _spec; init => _spec = value ?? PodSpec.Empty; }

    public PodStatus Status { get => _status; init => _status = value ?? PodStatus.Empty; }
}
