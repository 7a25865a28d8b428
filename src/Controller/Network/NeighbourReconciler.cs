using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The gateways behind nw_host answer no ARP: permanent entries say where they are.</summary>
internal sealed class NeighbourReconciler(Rtnetlink netlink, TamperLog tampering)
{
    private int _appliedTo;

    /// <summary>The number of entries written.</summary>
    public int Reconcile(NodeFacts own, int hostIndex)
    {
        var actual = netlink.Neighbours.List(hostIndex);
        var writes = 0;
        foreach (var ipv4 in RoutePlan.Families(own))
        {
            var wanted = new Neighbour { LinkIndex = hostIndex, Address = NetworkNames.Gateway(ipv4), Mac = NetworkNames.NetMac };
            if (!actual.Exists(n => n.Address.Equals(wanted.Address) && n.Mac == wanted.Mac && n.State == wanted.State))
            {
                tampering.CountIf(_appliedTo == hostIndex, "neighbour", $"{wanted} was removed or changed");
                netlink.Neighbours.Replace(wanted);
                writes++;
            }
        }
        _appliedTo = hostIndex;
        return writes;
    }
}
