using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>What the checks of the network look at, read once.</summary>
internal sealed record NodeView
{
    public required PreflightPlaces Places { get; init; }

    public required IReadOnlyList<Link> Links { get; init; }

    /// <summary>Of the main table.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    public required ForeignState Foreign { get; init; }

    public IReadOnlyList<Link> NodeUplinks => Uplinks.Find(Links, Routes);

    public static NodeView Read(PreflightPlaces places)
    {
        using var netlink = Rtnetlink.Open();
        return new NodeView
        {
            Places = places,
            Links = netlink.Links.List(),
            Routes = netlink.Routes.List(new RouteFilter { Table = Route.MainTable }),
            Foreign = ForeignState.Read(places.Foreign),
        };
    }
}
