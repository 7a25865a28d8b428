using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Makes Netweir's routes in the main table equal to the plan. Routes to single pods are the CNI plugin's and stay.</summary>
internal sealed class RouteReconciler(Rtnetlink netlink, TamperLog tampering)
{
    private static readonly RouteFilter Own = new() { Protocol = RouteProtocol.Netweir, Table = Route.MainTable };
    private Dictionary<RouteKey, Route> _applied = [];

    /// <summary>The number of routes written or deleted. New routes come before old ones go.</summary>
    /// <exception cref="NetlinkException">The kernel refused a change; the rest waits for the next turn.</exception>
    public int Reconcile(IReadOnlyList<Route> desired)
    {
        var actual = new Dictionary<RouteKey, Route>();
        foreach (var route in netlink.Routes.List(Own))
        {
            actual[RouteKey.Of(route)] = route;
        }
        var wanted = desired.ToDictionary(RouteKey.Of);
        var writes = 0;
        foreach (var (key, route) in wanted)
        {
            if (!actual.TryGetValue(key, out var there) || !Same(route, there))
            {
                var ours = _applied.TryGetValue(key, out var before) && Same(before, route);
                tampering.CountIf(ours, "route", there is null ? $"{route} was removed" : $"{route} was replaced by {there}");
                netlink.Routes.Replace(route);
                writes++;
            }
        }
        foreach (var (key, route) in actual)
        {
            if (!wanted.ContainsKey(key) && !IsPodRoute(route) && netlink.Routes.Delete(route))
            {
                writes++;
            }
        }
        _applied = wanted;
        return writes;
    }

    private static bool IsPodRoute(Route route) =>
        route.Destination.PrefixLength == (route.IsIPv4 ? 32 : 128) && !route.Destination.BaseAddress.Equals(NetworkNames.Gateway(route.IsIPv4));

    /// <summary>IPv6 reports loopback as the device of unreachable routes.</summary>
    private static bool Same(Route a, Route b) =>
        a.Type == b.Type && a.Scope == b.Scope && Equals(a.Gateway, b.Gateway) && Equals(a.PreferredSource, b.PreferredSource)
        && a.Mtu == b.Mtu && a.OnLink == b.OnLink && (a.LinkIndex == b.LinkIndex || a.Type != RouteType.Unicast);
}
