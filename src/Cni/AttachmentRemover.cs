using System.Net;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>
/// Removes an attachment, whole or in part, from whatever is left of it. Nothing that is already gone is an error. The addresses are
/// released last: until then no other pod can get them.
/// </summary>
internal sealed class AttachmentRemover(EndpointStore store, string bpfRoot)
{
    public void Remove(AttachmentKey key)
    {
        EndpointRecord? record = store.Find(key);
        using EndpointMap? endpoints = EndpointMap.TryOpen(bpfRoot);
        if (record is not null)
        {
            endpoints?.Remove(record.Addresses.Where(a => store.OwnerOf(a) == key));
        }

        // The device takes its filters, routes and neighbour entries along, and the pod's end with all that is on it.
        using (Rtnetlink host = Rtnetlink.Open())
        {
            host.Links.Delete(key.HostInterfaceName);
            if (record is null && endpoints is not null)
            {
                RemoveDangling(endpoints, host);
            }
        }

        store.Release(key);
    }

    /// <summary>
    /// Without a record nothing says which addresses the attachment had; but what leads to an interface that does not exist is nobody's. The entries
    /// are read first: an interface is there before its entries are.
    /// </summary>
    private static void RemoveDangling(EndpointMap endpoints, Rtnetlink host)
    {
        var byInterface = endpoints.Addresses().ToLookup(a => endpoints.Find(a)?.InterfaceIndex ?? 0);
        List<IPAddress> dangling = [.. byInterface.Where(g => g.Key != 0 && host.Links.Find(g.Key) is null).SelectMany(g => g)];
        if (dangling.Count > 0)
        {
            endpoints.Remove(dangling);
        }
    }
}
