using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>A route of either family; the family is the destination's.</summary>
public sealed record Route
{
    public const uint MainTable = 254;

    /// <summary><c>0.0.0.0/0</c> or <c>::/0</c> is the default route.</summary>
    public required IPNetwork Destination { get; init; }

    /// <summary>Output device; 0 for none (unreachable and the like) or a multipath route.</summary>
    public int LinkIndex { get; init; }

    public IPAddress? Gateway { get; init; }

    /// <summary>Source address of packets that this host sends by the route.</summary>
    public IPAddress? PreferredSource { get; init; }

    /// <summary>IPv6 ignores it and reports <see cref="RouteScope.Universe"/>.</summary>
    public RouteScope Scope { get; init; }

    public RouteType Type { get; init; } = RouteType.Unicast;

    public uint Table { get; init; } = MainTable;

    public byte Protocol { get; init; } = RouteProtocol.Netweir;

    /// <summary>Lower wins. IPv6 turns 0 into 1024 when the route is added.</summary>
    public uint Metric { get; init; }

    /// <summary>Path MTU in bytes (RTAX_MTU).</summary>
    public int? Mtu { get; init; }

    /// <summary>The gateway counts as directly reachable by the device, whatever the other routes say.</summary>
    public bool OnLink { get; init; }

    /// <summary>Filled for multipath routes that others made; not written.</summary>
    public IReadOnlyList<NextHop> NextHops { get; init; } = [];

    public bool IsIPv4 => Destination.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    /// <inheritdoc/>
    public override string ToString() => $"{Destination} via {Gateway?.ToString() ?? "link"} dev {LinkIndex} table {Table} proto {Protocol}";

    internal static Route? Parse(ReadOnlySpan<byte> body)
    {
        if (body[0] is not (Libc.AF_INET or Libc.AF_INET6))
        {
            return null;
        }

        uint flags = MemoryMarshal.Read<uint>(body[8..]);
        IPAddress any = body[0] == Libc.AF_INET ? IPAddress.Any : IPAddress.IPv6Any;
        var route = new Route
        {
            Destination = new IPNetwork(any, 0),
            Table = body[4],
            Protocol = body[5],
            Scope = (RouteScope)body[6],
            Type = (RouteType)body[7],
            OnLink = (flags & Rta.NextHopOnLink) != 0,
        };
        foreach (NetlinkAttribute attribute in new AttributeReader(body[12..]))
        {
            route = route.With(attribute, body[1]);
        }

        return route;
    }

    private Route With(NetlinkAttribute attribute, int prefixLength) => attribute.Type switch
    {
        Rta.Destination => this with { Destination = new IPNetwork(attribute.ReadAddress(), prefixLength) },
        Rta.OutputInterface => this with { LinkIndex = attribute.Read<int>() },
        Rta.Gateway => this with { Gateway = attribute.ReadAddress() },
        Rta.Via => this with { Gateway = new IPAddress(attribute.Value[2..]) },
        Rta.PreferredSource => this with { PreferredSource = attribute.ReadAddress() },
        Rta.Priority => this with { Metric = attribute.Read<uint>() },
        Rta.Table => this with { Table = attribute.Read<uint>() },
        Rta.Multipath => this with { NextHops = NextHop.ParseAll(attribute.Value) },
        Rta.Metrics => this with { Mtu = ParseMtu(attribute) },
        _ => this,
    };

    private static int? ParseMtu(NetlinkAttribute metrics)
    {
        foreach (NetlinkAttribute attribute in metrics.Nested)
        {
            if (attribute.Type == Rta.MetricMtu)
            {
                return attribute.Read<int>();
            }
        }

        return null;
    }
}
