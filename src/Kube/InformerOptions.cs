namespace Netweir.Kube;

/// <summary>Every part is optional.</summary>
public sealed record InformerOptions
{
    public static InformerOptions Default { get; } = new();

    public KubeQuery Query { get; init; } = KubeQuery.All;

    /// <summary>
    /// A server that does not know the resource (404) counts as one that has no objects: the informer is synced with an empty set and asks
    /// again every <see cref="AbsentRecheck"/>.
    /// </summary>
    public bool AbsentIsEmpty { get; init; }

    public TimeSpan AbsentRecheck { get; init; } = TimeSpan.FromMinutes(5);

    public Backoff Backoff { get; init; } = new();
}
