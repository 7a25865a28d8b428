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
    public EndpointRecord Build(Invocation invocation, NetworkNamespace podNamespace)
    {
        EndpointRecord record = store.Allocate(
            invocation.Key,
            node.PodCidrs,
            addresses => Describe(invocation, podNamespace, addresses),
            dead => datapath.Endpoints.Remove(dead.Addresses.Where(a => store.OwnerOf(a) == dead.Key)));
        stepDone?.Invoke(AddStep.Recorded);

        using Rtnetlink host = Rtnetlink.Open();
        PodLink.Create(host, record, podNamespace, invocation.Config.Mtu ?? node.Mtu, node.OffloadSize);
        stepDone?.Invoke(AddStep.InterfaceCreated);

        Link hostSide = host.Links.Get(record.HostInterfaceName);
        record = record with { HostInterfaceIndex = hostSide.Index };
        PodLink.ConfigureHost(host, hostSide, record);
        stepDone?.Invoke(AddStep.HostConfigured);

        PodLink.ConfigurePod(podNamespace, record, node);
        stepDone?.Invoke(AddStep.PodConfigured);

        PodLink.AttachFilters(host.TrafficControl, record.HostInterfaceIndex, datapath);
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
        PortMappings = [.. (invocation.Config.RuntimeConfig?.PortMappings ?? []).OfType<PortMapping>()],
    };
}
