using System.Net;
using System.Net.Sockets;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>
/// Connects a pod, step by step. It undoes nothing when a step fails: <see cref="AttachmentRemover"/> removes whatever there is, after a failure as
/// after a crash.
/// </summary>
/// <param name="store">Records and addresses.</param>
/// <param name="datapath">What the agent pinned.</param>
/// <param name="node">What the agent knows about the node.</param>
/// <param name="stepDone">Told after every step.</param>
internal sealed class AttachmentBuilder(EndpointStore store, PinnedDatapath datapath, NodeFacts node, Action<AddStep>? stepDone = null)
{
    private static readonly IPNetwork DefaultIPv4 = new(IPAddress.Any, 0);
    private static readonly IPNetwork DefaultIPv6 = new(IPAddress.IPv6Any, 0);

    public EndpointRecord Build(Invocation invocation, NetworkNamespace podNamespace)
    {
        EndpointRecord record = store.Allocate(
            invocation.Key,
            node.PodCidrs,
            addresses => Describe(invocation, podNamespace, addresses),
            dead => datapath.Endpoints.Remove(dead.Addresses.Where(a => store.OwnerOf(a) == dead.Key)));
        stepDone?.Invoke(AddStep.Recorded);

        using Rtnetlink host = Rtnetlink.Open();
        CreateInterface(host, record, podNamespace, invocation.Config.Mtu ?? node.Mtu);
        stepDone?.Invoke(AddStep.InterfaceCreated);

        record = record with { HostInterfaceIndex = host.Links.Get(record.HostInterfaceName).Index };
        ConfigureHost(host, record);
        stepDone?.Invoke(AddStep.HostConfigured);

        ConfigurePod(podNamespace, record);
        stepDone?.Invoke(AddStep.PodConfigured);

        AttachFilters(host.TrafficControl, record.HostInterfaceIndex);
        stepDone?.Invoke(AddStep.FiltersAttached);

        datapath.Endpoints.Set(record.Addresses, new EndpointEntry(record.HostInterfaceIndex, record.PodMac, record.HostMac));
        stepDone?.Invoke(AddStep.EndpointMapped);

        record = record with { State = EndpointState.Ready };
        store.Save(record);
        stepDone?.Invoke(AddStep.Ready);
        return record;
    }

    public static string FilterName(string program) => $"{TrafficControl.NamePrefix}/{program}";

    public static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    public static IPNetwork HostPrefix(IPAddress address) => new(address, IsIPv4(address) ? 32 : 128);

    private EndpointRecord Describe(Invocation invocation, NetworkNamespace podNamespace, IReadOnlyList<IPAddress> addresses) => new()
    {
        ContainerId = invocation.ContainerId,
        InterfaceName = invocation.InterfaceName,
        Network = invocation.Config.Name!,
        NetworkNamespacePath = invocation.NetworkNamespacePath,
        NetworkNamespaceInode = podNamespace.Inode,
        BootId = store.BootId,
        Addresses = addresses,
        HostInterfaceName = invocation.Key.HostInterfaceName,
        HostMac = MacAddress.Random(),
        PodMac = MacAddress.Random(),
        State = EndpointState.Creating,
        Created = DateTimeOffset.UtcNow,
        PodNamespace = invocation.Arguments.PodNamespace,
        PodName = invocation.Arguments.PodName,
        PodUid = invocation.Arguments.PodUid,
        PortMappings = invocation.Config.RuntimeConfig?.PortMappings ?? [],
    };

    private static void CreateInterface(Rtnetlink host, EndpointRecord record, NetworkNamespace podNamespace, int mtu) => host.Links.CreateVeth(new VethSpec
    {
        Name = record.HostInterfaceName,
        PeerName = record.InterfaceName,
        PeerNamespace = podNamespace,
        Mac = record.HostMac,
        PeerMac = record.PodMac,
        Mtu = mtu,
    });

    private void AttachFilters(TrafficControl trafficControl, int hostInterfaceIndex)
    {
        trafficControl.EnsureClsact(hostInterfaceIndex);
        trafficControl.Attach(hostInterfaceIndex, TcDirection.Ingress, datapath.FromPodFd, FilterName(PinnedDatapath.FromPod));
        trafficControl.Attach(hostInterfaceIndex, TcDirection.Egress, datapath.ToPodFd, FilterName(PinnedDatapath.ToPod));
    }

    private static void ConfigureHost(Rtnetlink host, EndpointRecord record)
    {
        int index = record.HostInterfaceIndex;
        host.Links.SetReversePathFilter(index, 2);
        if (record.Addresses.Any(a => !IsIPv4(a)))
        {
            EnableIPv6(record.HostInterfaceName);

            // The host must neither have an address on the pod's link nor believe what a pod advertises.
            host.Links.SetAddressGenerationMode(index, AddressGenerationMode.None);
            Sysctl.Write($"net/ipv6/conf/{record.HostInterfaceName}/accept_ra", "0");
        }

        host.Links.SetUp(index);
        foreach (IPAddress address in record.Addresses)
        {
            host.Neighbours.Replace(new Neighbour { LinkIndex = index, Address = address, Mac = record.PodMac });
            host.Routes.Replace(new Route { Destination = HostPrefix(address), LinkIndex = index, Scope = IsIPv4(address) ? RouteScope.Link : RouteScope.Universe });
        }
    }

    private void ConfigurePod(NetworkNamespace podNamespace, EndpointRecord record)
    {
        bool dualStack = record.Addresses.Any(a => !IsIPv4(a));
        using var pod = new Rtnetlink(podNamespace.Run(() =>
        {
            if (dualStack)
            {
                EnableIPv6(record.InterfaceName);
            }

            return NetlinkSocket.Open();
        }));
        pod.Links.SetUp(1); // lo is always the first device of a namespace
        int index = pod.Links.Get(record.InterfaceName).Index;
        foreach (IPAddress address in record.Addresses)
        {
            pod.Addresses.Replace(new InterfaceAddress
            {
                LinkIndex = index,
                Address = address,
                PrefixLength = IsIPv4(address) ? 32 : 128,
                Flags = IsIPv4(address) ? AddressFlags.None : AddressFlags.NoDad,
            });
        }

        pod.Links.SetUp(index);
        foreach (IPAddress address in record.Addresses)
        {
            AddDefaultRoute(pod, index, IsIPv4(address) ? node.GatewayIPv4 : node.GatewayIPv6, record.HostMac);
        }
    }

    /// <summary>The gateway has no address anywhere: a permanent neighbour entry says that it is the other end of the veth.</summary>
    private static void AddDefaultRoute(Rtnetlink pod, int index, IPAddress gateway, MacAddress hostMac)
    {
        pod.Neighbours.Replace(new Neighbour { LinkIndex = index, Address = gateway, Mac = hostMac });
        if (IsIPv4(gateway))
        {
            pod.Routes.Replace(new Route { Destination = HostPrefix(gateway), LinkIndex = index, Scope = RouteScope.Link });
        }

        pod.Routes.Replace(new Route
        {
            Destination = IsIPv4(gateway) ? DefaultIPv4 : DefaultIPv6,
            LinkIndex = index,
            Gateway = gateway,
            OnLink = !IsIPv4(gateway),
        });
    }

    /// <summary>In the calling thread's namespace; nothing to do where the kernel has no IPv6 or it is on.</summary>
    private static void EnableIPv6(string interfaceName)
    {
        string setting = $"net/ipv6/conf/{interfaceName}/disable_ipv6";
        if (Sysctl.TryRead(setting) == "1")
        {
            Sysctl.Write(setting, "0");
        }
    }
}
