using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Asks the kernel for the way to an address.</summary>
internal static class PathFinder
{
    /// <summary>Null when there is no way, or only one over a device that is not usable for peers (loopback, Netweir's own).</summary>
    public static PathAnswer? Find(Rtnetlink netlink, HostFacts host, IPAddress address)
    {
        Route route;
        try
        {
            route = netlink.Routes.Lookup(address);
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EINVAL or Errno.EACCES or Errno.ENETDOWN)
        {
            return null;
        }
        var link = host.Links.FirstOrDefault(l => l.Index == route.LinkIndex);
        if (route.Type != RouteType.Unicast || link is null || link.Flags.HasFlag(LinkFlags.Loopback) || NetworkNames.IsOwn(link.Name))
        {
            return null;
        }
        return new PathAnswer(link.Index, Math.Min(route.Mtu ?? link.Mtu, link.Mtu), route.Gateway);
    }
}
