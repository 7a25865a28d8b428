using System.Globalization;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Makes Netweir's routes in one table equal to the plan. Routes to single pods, in the main table, are the CNI plugin's and stay.</summary>
internal sealed class RouteReconciler(Rtnetlink netlink, TamperLog tampering, LedgerWriter ledger, uint table = Route.MainTable)
{
    private readonly RouteFilter _own = new() { Protocol = RouteProtocol.Netweir, Table = table };
    private Dictionary<RouteKey, Route> _applied = [];

    /// <summary>One line per route of the plan that was not made, because somebody else has a route in its place.</summary>
    public IReadOnlyList<string> Conflicts { get; private set; } = [];

    /// <summary>The number of routes written or deleted. New routes come before old ones go.</summary>
    /// <exception cref="NetlinkException">The kernel refused a change; the rest waits for the next turn.</exception>
    public int Reconcile(IReadOnlyList<Route> desired)
    {
        if (desired.Count > 0)
        {
            ledger.Add(LedgerKind.Routes, table.ToString(CultureInfo.InvariantCulture));
        }
        var actual = new Dictionary<RouteKey, Route>();
        foreach (var route in netlink.Routes.List(_own))
        {
            actual[RouteKey.Of(route)] = route;
        }
        var wanted = new Dictionary<RouteKey, Route>();
        foreach (var route in desired)
        {
            wanted.TryAdd(RouteKey.Of(route), route);
        }
        var conflicts = new Dictionary<RouteKey, string>();
        Dictionary<RouteKey, Route>? foreign = null;
        var writes = 0;
        foreach (var (key, route) in wanted)
        {
            if (!actual.TryGetValue(key, out var there) || !Same(route, there))
            {
                var ours = _applied.TryGetValue(key, out var before) && Same(before, route);
                if (there is null && !ours && (foreign ??= Foreign()).TryGetValue(key, out var other))
                {
                    conflicts.Add(key, $"route {route} is not made: {other} is there, of protocol {other.Protocol}; remove it, or give the range another prefix");
                    continue;
                }
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
        _applied = wanted.Where(w => !conflicts.ContainsKey(w.Key)).ToDictionary();
        Conflicts = [.. conflicts.Values];
        return writes;
    }

    private Dictionary<RouteKey, Route> Foreign()
    {
        var foreign = new Dictionary<RouteKey, Route>();
        foreach (var route in netlink.Routes.List(new RouteFilter { Table = table }).Where(r => r.Protocol != RouteProtocol.Netweir))
        {
            foreign.TryAdd(RouteKey.Of(route), route);
        }
        return foreign;
    }

    private static bool IsPodRoute(Route route) =>
        route.Table == Route.MainTable && route.Destination.PrefixLength == (route.IsIPv4 ? 32 : 128) && !route.Destination.BaseAddress.Equals(NetworkNames.Gateway(route.IsIPv4));

    /// <summary>IPv6 reports loopback as the device of unreachable routes.</summary>
    private static bool Same(Route a, Route b) =>
        a.Type == b.Type && a.Scope == b.Scope && Equals(a.Gateway, b.Gateway) && Equals(a.PreferredSource, b.PreferredSource)
        && a.Mtu == b.Mtu && a.OnLink == b.OnLink && (a.LinkIndex == b.LinkIndex || a.Type != RouteType.Unicast);
}
