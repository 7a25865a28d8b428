using System.Net;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>What a pod's attachment is in the kernel: the veth pair, addresses, routes, neighbours and filters, in the order of the methods.</summary>
internal static class PodLink
{
    private static readonly IPNetwork DefaultIPv4 = new(IPAddress.Any, 0);
    private static readonly IPNetwork DefaultIPv6 = new(IPAddress.IPv6Any, 0);

    /// <summary>The peer comes to be in the pod's namespace at once.</summary>
    public static void Create(Rtnetlink host, EndpointRecord record, NetworkNamespace podNamespace, int mtu, int? offloadSize) => host.Links.CreateVeth(new VethSpec
    {
        Name = record.HostInterfaceName,
        PeerName = record.InterfaceName,
        PeerNamespace = podNamespace,
        Mac = record.HostMac,
        PeerMac = record.PodMac,
        Mtu = mtu,
        OffloadSizes = offloadSize is { } size ? new OffloadSizes(size, size, size, size) : null,
    });

    /// <param name="host">The node's.</param>
    /// <param name="link">The host side, as the kernel made it.</param>
    /// <param name="record">Whose.</param>
    public static void ConfigureHost(Rtnetlink host, Link link, EndpointRecord record)
    {
        int index = link.Index;
        host.Links.SetReversePathFilter(index, 2);
        if (record.Addresses.Any(a => !AttachmentBuilder.IsIPv4(a)))
        {
            EnableIPv6(link);

            // The host must neither have an address on the pod's link nor believe what a pod advertises.
            host.Links.SetAddressGenerationMode(index, AddressGenerationMode.None);
            Sysctl.Write($"net/ipv6/conf/{record.HostInterfaceName}/accept_ra", "0");
        }

        host.Links.SetUp(index);
        foreach (IPAddress address in record.Addresses)
        {
            host.Neighbours.Replace(new Neighbour { LinkIndex = index, Address = address, Mac = record.PodMac });
            host.Routes.Replace(new Route { Destination = AttachmentBuilder.HostPrefix(address), LinkIndex = index, Scope = AttachmentBuilder.IsIPv4(address) ? RouteScope.Link : RouteScope.Universe });
        }
    }

    public static void ConfigurePod(NetworkNamespace podNamespace, EndpointRecord record, NodeFacts node)
    {
        using var pod = new Rtnetlink(podNamespace.RunHere(() => NetlinkSocket.Open()));
        pod.Links.SetUp(1); // lo is always the first device of a namespace
        Link link = pod.Links.Get(record.InterfaceName);
        int index = link.Index;
        if (link.IPv6Disabled == true && record.Addresses.Any(a => !AttachmentBuilder.IsIPv4(a)))
        {
            podNamespace.RunHere(() => EnableIPv6(link));
        }

        foreach (IPAddress address in record.Addresses)
        {
            pod.Addresses.Replace(new InterfaceAddress
            {
                LinkIndex = index,
                Address = address,
                PrefixLength = AttachmentBuilder.IsIPv4(address) ? 32 : 128,
                Flags = AttachmentBuilder.IsIPv4(address) ? AddressFlags.None : AddressFlags.NoDad,
            });
        }

        pod.Links.SetUp(index);
        foreach (IPAddress address in record.Addresses)
        {
            AddDefaultRoute(pod, index, AttachmentBuilder.IsIPv4(address) ? node.GatewayIPv4 : node.GatewayIPv6, record.HostMac);
        }
    }

    /// <summary>The gateway has no address anywhere: a permanent neighbour entry says that it is the other end of the veth.</summary>
    private static void AddDefaultRoute(Rtnetlink pod, int index, IPAddress gateway, MacAddress hostMac)
    {
        pod.Neighbours.Replace(new Neighbour { LinkIndex = index, Address = gateway, Mac = hostMac });
        if (AttachmentBuilder.IsIPv4(gateway))
        {
            pod.Routes.Replace(new Route { Destination = AttachmentBuilder.HostPrefix(gateway), LinkIndex = index, Scope = RouteScope.Link });
        }

        pod.Routes.Replace(new Route
        {
            Destination = AttachmentBuilder.IsIPv4(gateway) ? DefaultIPv4 : DefaultIPv6,
            LinkIndex = index,
            Gateway = gateway,
            OnLink = !AttachmentBuilder.IsIPv4(gateway),
        });
    }

    /// <summary>In the calling thread's namespace; nothing to do where the kernel has no IPv6 or it is on. The link's own answer saves looking in /proc.</summary>
    private static void EnableIPv6(Link link)
    {
        if (link.IPv6Disabled == true)
        {
            Sysctl.Write($"net/ipv6/conf/{link.Name}/disable_ipv6", "0");
        }
    }

    public static void AttachFilters(TrafficControl trafficControl, int hostInterfaceIndex, PinnedDatapath datapath)
    {
        trafficControl.EnsureClsact(hostInterfaceIndex);
        trafficControl.Attach(hostInterfaceIndex, TcDirection.Ingress, datapath.FromPodFd, AttachmentBuilder.FilterName(PinnedDatapath.FromPod));
        trafficControl.Attach(hostInterfaceIndex, TcDirection.Egress, datapath.ToPodFd, AttachmentBuilder.FilterName(PinnedDatapath.ToPod));
    }
}
