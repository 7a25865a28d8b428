namespace Netweir.Controller.Services;

/// <summary>
/// A service: one Service port with its backends of both families (those without a slot keep their flows) and its frontends.
/// </summary>
internal sealed record DesiredPort
{
    public required ServicePortKey Key { get; init; }

    /// <summary>The Service's port number, host byte order.</summary>
    public required ushort Port { get; init; }

    /// <summary>Distinct by key.</summary>
    public required IReadOnlyList<DesiredBackend> Backends { get; init; }

    /// <summary>Distinct by key.</summary>
    public required IReadOnlyList<DesiredFrontend> Frontends { get; init; }

    /// <summary>Who may use the frontends that have <see cref="Maps.FrontendFlag.SourceRanges"/>.</summary>
    public IReadOnlyList<SourceRange> SourceRanges { get; init; } = [];
}
