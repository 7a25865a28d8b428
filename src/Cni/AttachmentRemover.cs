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
        if (store.Find(key) is { } record)
        {
            using EndpointMap? endpoints = EndpointMap.TryOpen(bpfRoot);
            endpoints?.Remove(record.Addresses.Where(a => store.OwnerOf(a) == key));
        }

        // The device takes its filters, routes and neighbour entries along, and the pod's end with all that is on it.
        using (Rtnetlink host = Rtnetlink.Open())
        {
            host.Links.Delete(key.HostInterfaceName);
        }

        store.Release(key);
    }
}
