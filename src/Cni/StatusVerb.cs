using System.Net;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>STATUS: whether ADD would work. The kubelet causes it every few seconds, so it opens a handful of files and no more.</summary>
internal static class StatusVerb
{
    public static void Run(Invocation invocation, Stream output)
    {
        EndpointStore store = invocation.OpenStore();
        NodeFacts node;
        try
        {
            node = NodeFacts.Read(invocation.Config.RunDir);
            PinnedDatapath.Open(invocation.Config.BpfRoot).Dispose();
        }
        catch (CniException e)
        {
            // Another version's maps: pods run on.
            throw new CniException(CniErrorCode.NotAvailable, $"Netweir is not ready on this node: {e.Message}", e.Details, e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or BpfException)
        {
            // Pods run on what is pinned: whatever removed it may have cut them off.
            bool limited = e is BpfException && store.AnyConnected();
            throw new CniException(
                limited ? CniErrorCode.NotAvailableLimitedConnectivity : CniErrorCode.NotAvailable,
                $"Netweir is not ready on this node{(limited ? ", and pods that run may have limited connectivity" : string.Empty)}: {e.Message}",
                "netweir-agent prepares it when it starts; look at its log",
                e);
        }

        foreach (IPNetwork range in node.PodCidrs)
        {
            (int used, ulong total) = store.Usage(range);
            if ((ulong)used >= total && !store.AnyReclaimable() && !node.PodCidrs.Any(other => !other.Equals(range) && other.BaseAddress.AddressFamily == range.BaseAddress.AddressFamily))
            {
                throw new CniException(CniErrorCode.NotAvailable, $"no free pod address in {range}: all {used} are taken");
            }
        }
    }
}
