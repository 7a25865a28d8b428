namespace Netweir.Kube;

/// <summary>A complete list, or one page of it.</summary>
public sealed record KubeList<T>
    where T : class, IKubeObject
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>What could be saved of the objects that cannot be read.</summary>
    public required IReadOnlyList<ObjectMeta> Malformed { get; init; }

    /// <summary>Where a watch goes on.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>Not empty when more pages follow.</summary>
    public string Continue { get; init; } = "";
}
