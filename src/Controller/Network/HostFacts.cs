using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>What the kernel says about this node's network at one moment.</summary>
internal sealed record HostFacts
{
    public required IReadOnlyList<Link> Links { get; init; }

    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>Default routes of the main table, both families.</summary>
    public required IReadOnlyList<Route> DefaultRoutes { get; init; }

    /// <summary>Differs when a route changed by which pods' flows may leave the node: those of the main table that are not Netweir's own.</summary>
    public int RoutesFingerprint { get; init; }

    /// <summary>The networks behind this node's interfaces, without Netweir's own and the loopback.</summary>
    public IReadOnlyList<IPNetwork> AttachedNetworks()
    {
        var foreign = Links.Where(l => !l.Flags.HasFlag(LinkFlags.Loopback) && !NetworkNames.IsOwn(l.Name)).Select(l => l.Index).ToHashSet();
        return [.. Addresses.Where(a => foreign.Contains(a.LinkIndex)).Select(a => Cidrs.Around(a.Address, a.PrefixLength)).Distinct()];
    }

    public static HostFacts Read(Rtnetlink netlink)
    {
        var foreign = netlink.Routes.List(new RouteFilter { Table = Route.MainTable }).Where(r => r.Protocol != RouteProtocol.Netweir).ToList();
        return new HostFacts
        {
            Links = netlink.Links.List(),
            Addresses = netlink.Addresses.List(),
            DefaultRoutes = [.. foreign.Where(r => r.Destination.PrefixLength == 0 && r.Type == RouteType.Unicast)],
            RoutesFingerprint = Fingerprint(foreign),
        };
    }

    private static int Fingerprint(IEnumerable<Route> routes)
    {
        var hash = new HashCode();
        foreach (var route in routes)
        {
            hash.Add(route with { NextHops = [] });
            foreach (var hop in route.NextHops)
            {
                hash.Add(hop);
            }
        }
        return hash.ToHashCode();
    }
}
