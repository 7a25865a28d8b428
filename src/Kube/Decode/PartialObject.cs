namespace Netweir.Kube;

/// <summary>As much of an object as a bookmark has, or as can be saved of a malformed one.</summary>
internal sealed record PartialObject
{
    public ObjectMeta? Metadata { get; init; }
}
