namespace Netweir.Netlink;

/// <summary>A change in the kernel. The property that <see cref="Kind"/> names is set.</summary>
public sealed record NetlinkEvent(NetlinkEventKind Kind)
{
    /// <summary>The object is gone; otherwise it is new or has changed.</summary>
    public bool Removed { get; init; }

    public Link? Link { get; init; }

    public InterfaceAddress? Address { get; init; }

    public Route? Route { get; init; }

    public Neighbour? Neighbour { get; init; }

    public RoutingRule? Rule { get; init; }

    /// <summary>Null for messages of other kinds, and for changes of bridge ports (they come as AF_BRIDGE links).</summary>
    internal static NetlinkEvent? Parse(ushort type, ReadOnlySpan<byte> body) => type switch
    {
        Rtm.NewLink or Rtm.DelLink => body[0] == 0 ? new NetlinkEvent(NetlinkEventKind.Link) { Link = Link.Parse(body), Removed = type == Rtm.DelLink } : null,
        Rtm.NewAddr or Rtm.DelAddr => InterfaceAddress.Parse(body) is { } address
            ? new NetlinkEvent(NetlinkEventKind.Address) { Address = address, Removed = type == Rtm.DelAddr }
            : null,
        Rtm.NewRoute or Rtm.DelRoute => Route.Parse(body) is { } route
            ? new NetlinkEvent(NetlinkEventKind.Route) { Route = route, Removed = type == Rtm.DelRoute }
            : null,
        Rtm.NewNeigh or Rtm.DelNeigh => Neighbour.Parse(body) is { } neighbour
            ? new NetlinkEvent(NetlinkEventKind.Neighbour) { Neighbour = neighbour, Removed = type == Rtm.DelNeigh }
            : null,
        Rtm.NewRule or Rtm.DelRule => RoutingRule.Parse(body) is { } rule
            ? new NetlinkEvent(NetlinkEventKind.Rule) { Rule = rule, Removed = type == Rtm.DelRule }
            : null,
        _ => null,
    };
}
