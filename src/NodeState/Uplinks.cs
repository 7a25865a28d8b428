using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>The devices that this node reaches the world by, as far as its routes tell without the API.</summary>
public static class Uplinks
{
    public static IReadOnlyList<Link> Find(IReadOnlyList<Link> links, IEnumerable<Route> routes)
    {
        HashSet<int> found = [.. routes.Where(r => r is { Table: Route.MainTable, Type: RouteType.Unicast, Destination.PrefixLength: 0 })
            .SelectMany(r => r.NextHops.Select(h => h.LinkIndex).Append(r.LinkIndex))];
        return [.. links.Where(l => found.Contains(l.Index) && !l.Flags.HasFlag(LinkFlags.Loopback) && !NetworkNames.IsOwn(l.Name))];
    }
}
