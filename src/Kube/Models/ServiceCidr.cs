namespace Netweir.Kube;

/// <summary>networking.k8s.io/v1 ServiceCIDR; absent before Kubernetes 1.33.</summary>
public sealed record ServiceCidr : IKubeObject
{
    private readonly ObjectMeta _metadata = ObjectMeta.Empty;
    private readonly ServiceCidrSpec _spec = ServiceCidrSpec.Empty;

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }

    public ServiceCidrSpec Spec { get => _spec; init => _spec = value ?? ServiceCidrSpec.Empty; }
}
