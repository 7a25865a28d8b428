using System.Net.Sockets;

namespace Netweir.Netlink;

/// <summary>Which routes to list; every field left out matches all.</summary>
public sealed record RouteFilter
{
    /// <summary><see cref="AddressFamily.InterNetwork"/>, <see cref="AddressFamily.InterNetworkV6"/>, or unspecified for both.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;

    public byte Protocol { get; init; } = RouteProtocol.Any;

    public uint? Table { get; init; }

    public int? LinkIndex { get; init; }

    internal bool Matches(Route route) =>
        (Protocol == RouteProtocol.Any || route.Protocol == Protocol)
        && (Table is null || route.Table == Table)
        && (LinkIndex is null || route.LinkIndex == LinkIndex || route.NextHops.Any(h => h.LinkIndex == LinkIndex));
}
