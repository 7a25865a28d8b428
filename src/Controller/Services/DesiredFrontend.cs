using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// A frontend and the backends that it may choose, in the order of their slots; each is one of its port's <see cref="DesiredPort.Backends"/>,
/// and may be there several times (<see cref="MaglevTable"/>).
/// </summary>
internal sealed record DesiredFrontend
{
    public required FrontendKey Key { get; init; }

    /// <summary>For clients on this node.</summary>
    public required IReadOnlyList<FrontendKey> Inside { get; init; }

    /// <summary>For clients that arrive from elsewhere.</summary>
    public required IReadOnlyList<FrontendKey> Outside { get; init; }

    /// <summary>Not in the maps.</summary>
    public FrontendKind Kind { get; init; }

    public FrontendFlag Flags { get; init; }

    /// <summary>Seconds; 0: no session affinity.</summary>
    public uint AffinityTimeout { get; init; }

    /// <summary>One list for all clients; rejects when it is empty.</summary>
    public static DesiredFrontend HostPort(FrontendKey key, IReadOnlyList<FrontendKey> backends) =>
        new() { Key = key, Inside = backends, Outside = backends, Kind = FrontendKind.HostPort };

    /// <summary>The mark of a ClusterIP: ports of it that are no frontend are rejected.</summary>
    public static DesiredFrontend Marker(Address address) =>
        new() { Key = new FrontendKey { Address = address }, Inside = [], Outside = [], Flags = FrontendFlag.Address };
}
