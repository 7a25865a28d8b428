using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>
/// Keeps what the CNI plugin made of a connected pod on the host: programs (of a new version, too), routes, neighbours, map entries. Makes no interface.
/// </summary>
internal sealed class PodReconciler(EndpointCache endpoints, FilterReconciler filters, TamperLog tampering)
{
    /// <summary>How many pods the last turn met.</summary>
    public int Count { get; private set; }

    /// <summary>Null <paramref name="entries"/>: the map is left as it is.</summary>
    public int Reconcile(Rtnetlink netlink, ProgramSet programs, EndpointReconciler? entries)
    {
        var ready = endpoints.Ready();
        Count = ready.Count;
        if (ready.Count == 0)
        {
            return entries?.Reconcile([]) ?? 0;
        }
        var links = netlink.Links.List().ToDictionary(l => l.Index);
        var interfaces = new PodInterfaces(netlink, tampering);
        var connected = ready.Where(p => links.TryGetValue(p.HostInterfaceIndex, out var link) && link.Name == p.HostInterfaceName).ToList();
        var writes = 0;
        foreach (var pod in connected)
        {
            try
            {
                writes += filters.Ensure(netlink, pod.HostInterfaceIndex, TcDirection.Ingress, programs[HookNames.FromPod]);
                writes += filters.Ensure(netlink, pod.HostInterfaceIndex, TcDirection.Egress, programs[HookNames.ToPod]);
                writes += interfaces.Ensure(pod, links[pod.HostInterfaceIndex]);
            }
            catch (NetlinkException e) when (e.ErrorNumber is Errno.ENODEV or Errno.ESRCH or Errno.EINVAL && netlink.Links.Find(pod.HostInterfaceIndex) is null)
            {
                // The pod was removed meanwhile.
            }
        }
        return writes + (entries?.Reconcile(connected) ?? 0);
    }
}
