namespace Netweir.Kube;

/// <summary>Topology hints of an endpoint.</summary>
public sealed record EndpointHints
{
    private readonly IReadOnlyList<NamedHint> _forZones = [];
    private readonly IReadOnlyList<NamedHint> _forNodes = [];

    public IReadOnlyList<NamedHint> ForZones { get => _forZones; init => _forZones = value.WithoutNulls(); }

    public IReadOnlyList<NamedHint> ForNodes { get => _forNodes; init => _forNodes = value.WithoutNulls(); }
}
