using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Which changes in the kernel a turn has to answer.</summary>
internal static class KernelEvents
{
    /// <summary>
    /// False for what pods coming and going make, and for what the agent itself writes. <paramref name="view"/> is null before the first turn.
    /// </summary>
    public static bool Matters(NetlinkEvent change, NodeView? view, IReadOnlyList<string> namedUplinks) => change.Kind switch
    {
        NetlinkEventKind.Resync => true,
        NetlinkEventKind.Link => change.Link is { } link && IsInteresting(link, view, namedUplinks),
        NetlinkEventKind.Address => change.Address is { } address && IpcachePlan.IsHost(address.Address),
        NetlinkEventKind.Route => change.Route is { } route && IsInteresting(route, change.Removed),
        NetlinkEventKind.Neighbour => change.Neighbour is { } neighbour && neighbour.LinkIndex == view?.Devices.Host,
        NetlinkEventKind.Rule => change is { Removed: true, Rule.Protocol: RouteProtocol.Netweir },
        _ => false,
    };

    private static bool IsInteresting(Link link, NodeView? view, IReadOnlyList<string> namedUplinks) =>
        view is null || NetworkNames.IsOwn(link.Name) || namedUplinks.Contains(link.Name) || view.Uplinks.Any(u => u.Ifindex == link.Index);

    /// <summary>New routes of Netweir's protocol are the agent's or the plugin's own; a removed one may be missed.</summary>
    private static bool IsInteresting(Route route, bool removed) =>
        route.Table is Route.MainTable or NetworkNames.ExternalTable && (removed || route.Protocol != RouteProtocol.Netweir)
        && !route.Destination.BaseAddress.IsIPv6LinkLocal && !route.Destination.BaseAddress.IsIPv6Multicast;
}
