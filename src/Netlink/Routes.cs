using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>Routing tables of both families.</summary>
public sealed class Routes
{
    private const int BufferLength = 256;
    private readonly NetlinkSocket _socket;

    internal Routes(NetlinkSocket socket) => _socket = socket;

    /// <summary>Cached (cloned) routes are left out. A table that does not exist is empty.</summary>
    public List<Route> List(RouteFilter? filter = null)
    {
        filter ??= new RouteFilter();
        var routes = new List<Route>();
        if (filter.Family != AddressFamily.InterNetworkV6)
        {
            routes.AddRange(List(Libc.AF_INET, filter));
        }

        if (filter.Family != AddressFamily.InterNetwork)
        {
            routes.AddRange(List(Libc.AF_INET6, filter));
        }

        return routes;
    }

    /// <exception cref="NetlinkException">EEXIST when a route with the same destination, table and metric is there.</exception>
    public void Add(Route route) => Write(route, Nlm.Create | Nlm.Exclusive, "add");

    /// <summary>Adds the route, or puts it in the place of the one with the same destination, table and metric, without a gap.</summary>
    public void Replace(Route route) => Write(route, Nlm.Create | Nlm.Replace, "replace");

    /// <summary>Deletes by destination, table and whichever of device, gateway, metric and protocol the route names.</summary>
    /// <returns>False when there was no such route.</returns>
    public bool Delete(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.DelRoute, 0);
        PutRoute(ref request, route with { Mtu = null, PreferredSource = null }, RouteScope.Nowhere);
        try
        {
            _socket.Execute(ref request, $"delete route {route}");
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ESRCH or Errno.ENODEV or Errno.ENOENT)
        {
            return false;
        }
    }

    /// <summary>
    /// Asks the kernel which way a packet of this host to <paramref name="destination"/> would take: device, gateway and source address.
    /// </summary>
    /// <exception cref="NetlinkException">ENETUNREACH or EHOSTUNREACH when there is no way.</exception>
    public Route Lookup(IPAddress destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        bool v4 = destination.AddressFamily == AddressFamily.InterNetwork;
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetRoute, 0);
        PutHeader(ref request, v4 ? Libc.AF_INET : Libc.AF_INET6, v4 ? 32 : 128, 0);
        request.AttributeAddress(Rta.Destination, destination);
        return _socket.Query(ref request, $"look up the route to {destination}", static (type, body) => type == Rtm.NewRoute ? Route.Parse(body) : null);
    }

    private static void PutHeader(ref MessageWriter request, int family, int prefixLength, byte protocol, RouteScope scope = 0, RouteType type = 0, int flags = 0)
    {
        request.Put((byte)family);
        request.Put((byte)prefixLength);
        request.Put((ushort)0);
        request.Put((byte)0); // RTA_TABLE carries the table: this field holds one byte only.
        request.Put(protocol);
        request.Put((byte)scope);
        request.Put((byte)type);
        request.Put(flags);
    }

    private static void PutRoute(ref MessageWriter request, Route route, RouteScope scope)
    {
        PutHeader(
            ref request,
            route.IsIPv4 ? Libc.AF_INET : Libc.AF_INET6,
            route.Destination.PrefixLength,
            route.Protocol,
            scope,
            route.Type,
            route.OnLink ? Rta.NextHopOnLink : 0);
        request.Attribute(Rta.Table, route.Table);
        if (route.Destination.PrefixLength > 0)
        {
            request.AttributeAddress(Rta.Destination, route.Destination.BaseAddress);
        }

        if (route.LinkIndex != 0)
        {
            request.Attribute(Rta.OutputInterface, route.LinkIndex);
        }

        if (route.Gateway is { } gateway)
        {
            PutGateway(ref request, route, gateway);
        }

        if (route.PreferredSource is { } source)
        {
            request.AttributeAddress(Rta.PreferredSource, source);
        }

        if (route.Metric != 0)
        {
            request.Attribute(Rta.Priority, route.Metric);
        }

        if (route.Mtu is { } mtu)
        {
            int metrics = request.BeginNest(Rta.Metrics);
            request.Attribute(Rta.MetricMtu, mtu);
            request.EndNest(metrics);
        }
    }

    private static void PutGateway(ref MessageWriter request, Route route, IPAddress gateway)
    {
        if (!route.IsIPv4 || gateway.AddressFamily == AddressFamily.InterNetwork)
        {
            request.AttributeAddress(Rta.Gateway, gateway);
            return;
        }

        // An IPv4 destination by an IPv6 gateway (RFC 8950): struct rtvia is a family and an address.
        Span<byte> via = stackalloc byte[18];
        MemoryMarshal.Write(via, (ushort)Libc.AF_INET6);
        gateway.TryWriteBytes(via[2..], out _);
        request.Attribute(Rta.Via, via);
    }

    private void Write(Route route, int flags, string verb)
    {
        ArgumentNullException.ThrowIfNull(route);
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.NewRoute, (ushort)flags);
        PutRoute(ref request, route, route.Scope);
        _socket.Execute(ref request, $"{verb} route {route}");
    }

    private List<Route> List(int family, RouteFilter filter)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetRoute, 0);
        PutHeader(ref request, family, 0, filter.Protocol);
        if (filter.Table is { } table)
        {
            request.Attribute(Rta.Table, table);
        }

        try
        {
            return _socket.Dump(ref request, "list routes", (type, body) => Select(type, body, filter));
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.ENOENT && filter.Table is not null)
        {
            return [];
        }
    }

    private static Route? Select(ushort type, ReadOnlySpan<byte> body, RouteFilter filter)
    {
        bool cloned = (MemoryMarshal.Read<uint>(body[8..]) & Rta.Cloned) != 0;
        return type == Rtm.NewRoute && !cloned && Route.Parse(body) is { } route && filter.Matches(route) ? route : null;
    }
}
