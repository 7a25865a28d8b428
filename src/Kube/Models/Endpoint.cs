namespace Netweir.Kube;

/// <summary>An endpoint of a slice: Netweir's backend.</summary>
public sealed record Endpoint
{
    private readonly IReadOnlyList<string> _addresses = [];
    private readonly EndpointConditions _conditions = EndpointConditions.Empty;

    public IReadOnlyList<string> Addresses { get => _addresses; init => _addresses = value.WithoutNulls(); }

    public EndpointConditions Conditions { get => _conditions; init => _conditions = value ?? EndpointConditions.Empty; }

    public string? NodeName { get; init; }

    public string? Zone { get; init; }

    public string? Hostname { get; init; }

    public EndpointHints? Hints { get; init; }

    public ObjectReference? TargetRef { get; init; }
}
