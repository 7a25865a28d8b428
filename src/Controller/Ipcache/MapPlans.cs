using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>The content of the smaller maps, computed.</summary>
internal static class MapPlans
{
    /// <summary>nw_nodes: the peers' InternalIPs and names. Of two nodes with the same address the first by name is kept.</summary>
    public static Dictionary<Address, Maps.Node> Nodes(IReadOnlyList<NodeFacts> peers)
    {
        var plan = new Dictionary<Address, Maps.Node>();
        foreach (var peer in peers)
        {
            foreach (var address in peer.InternalIPs)
            {
                plan.TryAdd(Address.From(address), new Maps.Node { Name = FixedString256.From(NameText.Fit(peer.Name, 255)) });
            }
        }
        return plan;
    }

    /// <summary>nw_uplinks.</summary>
    public static Dictionary<uint, Maps.Uplink> Uplinks(IReadOnlyList<Uplink> uplinks) => uplinks.ToDictionary(
        u => (uint)u.Ifindex,
        u => new Maps.Uplink
        {
            Ipv4 = u.IPv4 is null ? default : Address.From(u.IPv4),
            Ipv6 = u.IPv6 is null ? default : Address.From(u.IPv6),
            Mtu = (uint)u.Mtu,
        });
}
