using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// A service: one Service port with its backends of both families (address, port, protocol; those without a slot keep their flows) and its
/// frontends.
/// </summary>
internal sealed record DesiredPort
{
    public required ServicePortKey Key { get; init; }

    /// <summary>The Service's port number, host byte order.</summary>
    public required ushort Port { get; init; }

    public required IReadOnlyList<FrontendKey> Backends { get; init; }

    public required IReadOnlyList<DesiredFrontend> Frontends { get; init; }
}
