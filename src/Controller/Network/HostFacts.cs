using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>What the kernel says about this node's network at one moment.</summary>
internal sealed record HostFacts
{
    public required IReadOnlyList<Link> Links { get; init; }

    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>Default routes of the main table, both families.</summary>
    public required IReadOnlyList<Route> DefaultRoutes { get; init; }

    public static HostFacts Read(Rtnetlink netlink) => new()
    {
        Links = netlink.Links.List(),
        Addresses = netlink.Addresses.List(),
        DefaultRoutes = [.. netlink.Routes.List(new RouteFilter { Table = Route.MainTable })
            .Where(r => r.Destination.PrefixLength == 0 && r.Type == RouteType.Unicast)],
    };
}
