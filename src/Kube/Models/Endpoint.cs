namespace Netweir.Kube;

/// <summary>An endpoint of a slice: Netweir's backend.</summary>
public sealed record Endpoint
{
    private readonly IReadOnlyList<string> _addresses = [];
    private readonly EndpointConditions _conditions = EndpointConditions.Empty;

    public IReadOnlyList<string> Addresses { get => _addresses; init => _addresses = value.WithoutNulls(); }

    public EndpointConditions Conditions { get => _conditions; init => _conditions = EndpointConditions.Shared(value); }

    public string? NodeName { get; init; }

    public EndpointHints? Hints { get; init; }
}
