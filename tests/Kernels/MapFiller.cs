using System.Net;
using Netweir.Controller;
using Netweir.Maps;

namespace Netweir.Kernels;

/// <summary>Writes what the agent and the plugin would into the maps of a node.</summary>
internal static class MapFiller
{
    public const ushort ServicePort = 80;
    public const ushort BackendPort = 8080;
    private const int Mtu = 1450;
    private static ulong s_epoch;

    public static Mac PodMac { get; } = Mac.Parse("02:00:00:00:01:01");

    public static Mac GatewayMac { get; } = Mac.Parse("02:00:00:00:02:02");

    public static void Fill(NetweirMaps maps, KernelNode node, bool overlay)
    {
        foreach (var family in new[] { Plan.V4, Plan.V6 })
        {
            maps.Endpoints.Update(Address.Parse(family.Pod1), Interface(node.Pod1));
            maps.Endpoints.Update(Address.Parse(family.Pod2), Interface(node.Pod2));
            Place(maps, family.Pods, new IpcacheEntry { Kind = (byte)IpcacheKind.LocalPods });
            Place(maps, family.PeerPods, new IpcacheEntry
            {
                Kind = (byte)IpcacheKind.RemotePods,
                Node = Address.Parse(overlay ? Plan.PeerV4 : family.Peer),
                Routing = (byte)(overlay ? IpcacheRouting.Vxlan : IpcacheRouting.Direct),
                Ifindex = (uint)node.Uplink,
                Mtu = Mtu,
            });
            Place(maps, family.Services, new IpcacheEntry { Kind = (byte)IpcacheKind.Services });
            Place(maps, family.Node + (family.IsIPv6 ? "/128" : "/32"), new IpcacheEntry { Kind = (byte)IpcacheKind.Host });
            Service(maps, family, family.IsIPv6 ? 2u : 1u);
        }
        maps.Uplinks.Update((uint)node.Uplink, new Maps.Uplink { Ipv4 = Address.Parse(Plan.NodeV4), Ipv6 = Address.Parse(Plan.NodeV6), Mtu = 1500 });
        maps.Epoch.Update(0, ++s_epoch);
    }

    private static Endpoint Interface(int ifindex) => new() { Ifindex = (uint)ifindex, Mac = PodMac, HostMac = GatewayMac };

    private static void Place(NetweirMaps maps, string prefix, IpcacheEntry entry)
    {
        var network = IPNetwork.Parse(prefix);
        Address address = network.BaseAddress;
        var bits = network.PrefixLength + (address.IsIPv4 ? Address.IPv4PrefixOffset : 0);
        maps.Ipcache.Update(new IpcacheKey { PrefixLength = (uint)bits, Address = address }, entry);
    }

    /// <summary>One backend, the second pod; <paramref name="id"/> is also the backend's place and its slot.</summary>
    private static void Service(NetweirMaps maps, Family family, uint id)
    {
        var backend = new FrontendKey { Address = Address.Parse(family.Pod2), Port = BackendPort, Protocol = 6 };
        maps.Backends.Update(id, new Backend
        {
            Address = backend.Address,
            Port = BackendPort,
            Protocol = 6,
            Service = id,
            Generation = 1,
            Flags = (uint)(BackendFlag.ClusterList | BackendFlag.LocalList),
        });
        maps.BackendRefs.Update(backend, 1);
        maps.Slots.Update(id, id);
        var slots = new SlotList { Base = id, Count = 1 };
        maps.Frontends.Update(
            new FrontendKey { Address = Address.Parse(family.Service), Port = ServicePort, Protocol = 6 }, new Frontend { Service = id, Inside = slots, Outside = slots });
    }
}
