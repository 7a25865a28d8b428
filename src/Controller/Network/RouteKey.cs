using System.Net;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>What makes two routes of one table the same entry.</summary>
internal readonly record struct RouteKey(IPNetwork Destination, uint Metric)
{
    public static RouteKey Of(Route route) => new(route.Destination, route.Metric);
}
