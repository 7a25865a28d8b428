using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Routes of protocol Netweir, in whichever table. Those to pods go with the pods' interfaces.</summary>
internal sealed class RouteRemover : IRemover
{
    public string Kind => LedgerKind.Routes;

    public IEnumerable<Removal> Plan(UninstallContext context)
    {
        HashSet<int> pods = [.. context.Pods().Select(p => p.Link.Index)];
        Dictionary<int, string> devices = context.Netlink.Links.List().ToDictionary(l => l.Index, l => l.Name);
        return from route in context.Netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir })
               where !pods.Contains(route.LinkIndex)
               select new Removal(Kind, Describe(route, devices)) { Undo = () => Delete(context.Netlink, route) };
    }

    /// <summary>As ip(8) has it.</summary>
    private static string Describe(Route route, Dictionary<int, string> devices)
    {
        string way = route.Type != RouteType.Unicast ? ""
            : (route.Gateway is { } gateway ? $" via {gateway}" : "") + $" dev {devices.GetValueOrDefault(route.LinkIndex, "?")}";
        string type = route.Type != RouteType.Unicast ? $"{route.Type.ToString().ToLowerInvariant()} " : "";
        return $"{type}{route.Destination}{way}{(route.Table == Route.MainTable ? "" : $" table {route.Table}")}";
    }

    private static string? Delete(Rtnetlink netlink, Route route)
    {
        netlink.Routes.Delete(route);
        return null;
    }
}
