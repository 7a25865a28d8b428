using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>
/// Routes, neighbours and settings of the host sides of pods' interfaces, as the plugin made them. One object is one reading of the kernel's tables.
/// </summary>
internal sealed class PodInterfaces(Rtnetlink netlink, TamperLog tampering)
{
    private readonly HashSet<(System.Net.IPNetwork, int)> _routes = netlink.Routes
        .List(new RouteFilter { Protocol = RouteProtocol.Netweir, Table = Route.MainTable }).Select(r => (r.Destination, r.LinkIndex)).ToHashSet();

    private readonly HashSet<Neighbour> _neighbours = [.. netlink.Neighbours.List()];

    /// <summary>The number of writes. An interface that is down stays so: somebody meant it, and it can have no routes.</summary>
    /// <exception cref="NetlinkException">The interface is gone, or the kernel refused.</exception>
    public int Ensure(EndpointRecord pod, Link link)
    {
        if (!link.IsUp)
        {
            return 0;
        }
        var writes = EnsureSettings(pod, link);
        foreach (var address in pod.Addresses)
        {
            var neighbour = new Neighbour { LinkIndex = link.Index, Address = address, Mac = pod.PodMac };
            if (!_neighbours.Contains(neighbour))
            {
                tampering.CountIf(true, "neighbour", $"the entry of {pod.DisplayName} ({address}) was removed or changed");
                netlink.Neighbours.Replace(neighbour);
                writes++;
            }
            if (!_routes.Contains((address.ToNetwork(), link.Index)))
            {
                tampering.CountIf(true, "route", $"the route to {pod.DisplayName} ({address}) was removed");
                netlink.Routes.Replace(new Route
                {
                    Destination = address.ToNetwork(),
                    LinkIndex = link.Index,
                    Scope = address.IsIPv4() ? RouteScope.Link : RouteScope.Universe,
                });
                writes++;
            }
        }
        return writes;
    }

    private int EnsureSettings(EndpointRecord pod, Link link)
    {
        var writes = 0;
        if (link.ReversePathFilter is { } filter and not 2)
        {
            tampering.CountIf(true, "sysctl", $"net/ipv4/conf/{link.Name}/rp_filter was {filter}");
            netlink.Links.SetReversePathFilter(link.Index, 2);
            writes++;
        }
        if (pod.Addresses.All(a => a.IsIPv4()))
        {
            return writes;
        }
        if (link.IPv6Disabled == true)
        {
            writes += Restore($"net/ipv6/conf/{link.Name}/disable_ipv6", "1", "0");
        }
        if (link.AcceptRouterAdvertisements is { } accepts and not 0)
        {
            writes += Restore($"net/ipv6/conf/{link.Name}/accept_ra", $"{accepts}", "0");
        }
        return writes;
    }

    private int Restore(string setting, string was, string value)
    {
        tampering.CountIf(true, "sysctl", $"{setting} was {was}");
        try
        {
            Sysctl.Write(setting, value);
        }
        catch (FileNotFoundException)
        {
            // The pod was removed meanwhile.
            return 0;
        }
        return 1;
    }
}
