namespace Netweir.Kube;

/// <summary>core/v1 Namespace.</summary>
public sealed record Namespace : IKubeObject
{
    private readonly ObjectMeta _metadata = ObjectMeta.Empty;

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }
}
