using System.Net;
using System.Net.Sockets;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Where every address of the cluster lives, computed.</summary>
internal static class IpcachePlan
{
    /// <summary>A prefix of 32 bits is one of 128 in a map: IPv4 addresses are mapped.</summary>
    private const uint MappedBits = 96;

    /// <summary>Next hops and nothing else: what is sent to them must neither leave this node nor reach it.</summary>
    private static readonly IPAddress[] Gateways = [Endpoints.NodeFacts.DefaultGatewayIPv4, NetworkNames.GatewayIPv4, NetworkNames.GatewayIPv6];

    private static readonly IPNetwork Loopback = new(new IPAddress([127, 0, 0, 0]), 8);

    /// <summary>
    /// Where two prefixes are equal, the later of this order wins: what is nearer to this node. <paramref name="localhostNodePorts"/>: NodePorts
    /// are served on 127.0.0.0/8 as well; never on ::1, as with kube-proxy, because the kernel routes no packet with that address.
    /// </summary>
    public static Dictionary<IpcacheKey, IpcacheEntry> Compute(
        NodeFacts own,
        IEnumerable<InterfaceAddress> addresses,
        IReadOnlyList<PeerWays> peers,
        IReadOnlyList<IPNetwork> serviceCidrs,
        IReadOnlyList<IPNetwork> noMasquerade,
        bool localhostNodePorts)
    {
        var plan = new Dictionary<IpcacheKey, IpcacheEntry>();
        foreach (var cidr in noMasquerade)
        {
            plan[Key(cidr)] = Place(IpcacheKind.NoMasquerade);
        }
        foreach (var cidr in serviceCidrs)
        {
            plan[Key(cidr)] = Place(IpcacheKind.Services);
        }
        foreach (var peer in peers)
        {
            AddPeer(plan, peer);
        }
        foreach (var cidr in own.PodCidrs)
        {
            plan[Key(cidr)] = Place(IpcacheKind.LocalPods);
        }
        foreach (var gateway in Gateways)
        {
            // Addresses that are a pod's, but no pod has: unreachable.
            plan[Key(gateway.ToNetwork())] = Place(IpcacheKind.LocalPods);
        }
        foreach (var address in addresses.Where(a => IsHost(a.Address)))
        {
            plan[Key(address.Address.ToNetwork())] = Place(IpcacheKind.Host);
        }
        if (localhostNodePorts)
        {
            plan[Key(Loopback)] = Place(IpcacheKind.Host);
        }
        return plan;
    }

    public static IpcacheKey Key(IPNetwork network) => new()
    {
        PrefixLength = (uint)network.PrefixLength + (network.IsIPv4() ? MappedBits : 0),
        Address = Address.From(network.BaseAddress),
    };

    /// <summary>Whether an interface's address is one that others may send to.</summary>
    public static bool IsHost(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast
        && !(address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);

    private static void AddPeer(Dictionary<IpcacheKey, IpcacheEntry> plan, PeerWays peer)
    {
        foreach (var cidr in peer.Peer.PodCidrs)
        {
            plan[Key(cidr)] = Place(IpcacheKind.RemotePods, peer.Of(cidr.IsIPv4()));
        }
        foreach (var address in peer.Peer.InternalIPs)
        {
            plan[Key(address.ToNetwork())] = Place(IpcacheKind.RemoteNode, peer.Of(address.IsIPv4()));
        }
    }

    private static IpcacheEntry Place(IpcacheKind kind, Way way = default) => new()
    {
        Kind = (byte)kind,
        Node = way.Node is null ? default : Address.From(way.Node),
        Ifindex = (uint)way.Ifindex,
        Mtu = (ushort)Math.Clamp(way.Mtu, 0, ushort.MaxValue),
        Routing = (byte)(way.Kind switch
        {
            WayKind.Direct => IpcacheRouting.Direct,
            WayKind.Vxlan => IpcacheRouting.Vxlan,
            WayKind.VxlanToNeighbour => IpcacheRouting.VxlanToNeighbour,
            _ => IpcacheRouting.None,
        }),
    };
}
