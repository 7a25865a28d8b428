using System.Net;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>Keeps nw_ipcache, nw_nodes and nw_uplinks; tells the datapath through nw_epoch when the ways changed.</summary>
internal sealed class MapStage(NetweirMaps maps, TamperLog tampering)
{
    private readonly MapReconciler<IpcacheKey, IpcacheEntry> _ipcache = new("nw_ipcache", maps.Ipcache, tampering);
    private readonly MapReconciler<Address, Maps.Node> _nodes = new("nw_nodes", maps.Nodes, tampering);
    private readonly MapReconciler<uint, Maps.Uplink> _uplinks = new("nw_uplinks", maps.Uplinks, tampering);

    private int? _routes;

    public int Reconcile(
        NodeInputs inputs, IReadOnlyList<PeerWays> ways, IReadOnlyList<IPNetwork> noMasquerade, bool localhostNodePorts, bool reread)
    {
        // The names last: they are for people, and must not keep the ways from being written when they find no room.
        var writes = Ways(inputs, ways, noMasquerade, localhostNodePorts, reread);
        return writes + _nodes.Reconcile(MapPlans.Nodes(inputs.Peers), reread);
    }

    private int Ways(NodeInputs inputs, IReadOnlyList<PeerWays> ways, IReadOnlyList<IPNetwork> noMasquerade, bool localhostNodePorts, bool reread)
    {
        var moved = true;
        try
        {
            var changes = _uplinks.Reconcile(MapPlans.Uplinks(inputs.Uplinks), reread) + _ipcache.Reconcile(
                IpcachePlan.Compute(inputs.Own, inputs.Host.Addresses, ways, inputs.ServiceCidrs, noMasquerade, localhostNodePorts), reread);
            // Flows to the world follow the kernel's routes, which may have changed while no agent ran: null counts as changed.
            // With everything that is read again: whatever went by without the epoch's moving (somebody's hand, a writer that died) ends here.
            moved = reread || changes > 0 || _routes != inputs.Host.RoutesFingerprint;
            _routes = inputs.Host.RoutesFingerprint;
            return changes;
        }
        finally
        {
            // Also after an error: some entries may have been written.
            if (moved)
            {
                Epoch.Bump(maps.Epoch);
            }
        }
    }
}
