namespace Netweir.Kube;

/// <summary>The object that an Event is about. kubectl finds an object's Events by <see cref="Uid"/>.</summary>
public sealed record EventReference
{
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    /// <summary>Null for cluster-scoped objects.</summary>
    public string? Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Null when it is not known.</summary>
    public string? Uid { get; init; }

    /// <summary>Null when it is not known.</summary>
    public string? ResourceVersion { get; init; }
}
