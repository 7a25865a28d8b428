using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>Interfaces by which another plugin has connected pods that run on this node. Pure.</summary>
public static class ForeignPods
{
    /// <summary>
    /// veths with their peer in another network namespace that Netweir did not make. Left out are this node's own ways to the world (a node may be
    /// a container itself), and containers that no Kubernetes knows: those at Docker's bridges.
    /// </summary>
    public static IReadOnlyList<Link> Find(IReadOnlyList<Link> links, IReadOnlyList<InterfaceAddress> addresses, IReadOnlyCollection<int> uplinks)
    {
        ArgumentNullException.ThrowIfNull(links);
        HashSet<int> docker = [.. links.Where(IsDockerBridge).Select(l => l.Index)];
        HashSet<int> networks = [.. addresses.Where(IsOfNetwork).Select(a => a.LinkIndex)];
        return [.. links.Where(l => l is { Kind: "veth", LinkNamespaceId: not null } && !AttachmentKey.IsHostInterfaceName(l.Name) && !NetworkNames.IsOwn(l.Name)
            && !uplinks.Contains(l.Index) && !networks.Contains(l.Index) && !(l.Master is { } master && docker.Contains(master)))];
    }

    private static bool IsDockerBridge(Link link) => link.Name == "docker0" || (link.Kind == "bridge" && link.Name.StartsWith("br-", StringComparison.Ordinal));

    /// <summary>The address of a node in a network, unlike the gateway's of one pod (a /32), and unlike link-local ones.</summary>
    private static bool IsOfNetwork(InterfaceAddress address) =>
        address.Scope == RouteScope.Universe && address.PrefixLength < (address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
}
