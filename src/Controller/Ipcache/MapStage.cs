using System.Net;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>Keeps nw_ipcache, nw_nodes and nw_uplinks; tells the datapath through nw_epoch when the ways changed.</summary>
internal sealed class MapStage(NetweirMaps maps, TamperLog tampering)
{
    private readonly MapReconciler<IpcacheKey, IpcacheEntry> _ipcache = new("nw_ipcache", maps.Ipcache, tampering);
    private readonly MapReconciler<Address, Maps.Node> _nodes = new("nw_nodes", maps.Nodes, tampering);
    private readonly MapReconciler<uint, Maps.Uplink> _uplinks = new("nw_uplinks", maps.Uplinks, tampering);

    public int Reconcile(NodeInputs inputs, IReadOnlyList<PeerWays> ways, IReadOnlyList<IPNetwork> noMasquerade, bool reread)
    {
        var writes = _uplinks.Reconcile(MapPlans.Uplinks(inputs.Uplinks), reread) + _nodes.Reconcile(MapPlans.Nodes(inputs.Peers), reread);
        var moved = 0;
        try
        {
            moved = 1;
            moved = _ipcache.Reconcile(
                IpcachePlan.Compute(inputs.Own, inputs.Host.Addresses, ways, inputs.ServiceCidrs, noMasquerade), reread);
        }
        finally
        {
            // Also after an error: some entries may have been written.
            if (moved > 0)
            {
                Epoch.Bump(maps.Epoch);
            }
        }
        return writes + moved;
    }
}
