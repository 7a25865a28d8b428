namespace Netweir.Kube;

/// <summary>core/v1 Service.</summary>
public sealed record Service : IKubeObject
{
    private readonly ObjectMeta _metadata = ObjectMeta.Empty;
    private readonly ServiceSpec _spec = ServiceSpec.Empty;
    private readonly ServiceStatus _status = ServiceStatus.Empty;

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }

    public ServiceSpec Spec { get => _spec; init => _spec = value ?? ServiceSpec.Empty; }

    public ServiceStatus Status { get => _status; init => _status = value ?? ServiceStatus.Empty; }
}
