using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Keeps from_netdev and to_netdev on the uplinks, by pinned TCX links where the kernel has them, and off all other devices.</summary>
internal sealed class UplinkReconciler(string bpfRoot, bool tcx, FilterReconciler filters, TamperLog tampering)
{
    private static readonly (string Hook, TcxDirection Tcx, TcDirection Tc)[] Hooks =
    [
        (HookNames.FromNetdev, TcxDirection.Ingress, TcDirection.Ingress),
        (HookNames.ToNetdev, TcxDirection.Egress, TcDirection.Egress),
    ];

    private readonly LinkStore _links = new(bpfRoot);
    private HashSet<int> _attached = [];

    public int Reconcile(Rtnetlink netlink, ProgramSet programs, IReadOnlyList<int> uplinks)
    {
        var writes = tcx ? Links(programs, uplinks) : Filters(netlink, programs, uplinks);
        // Filters found in the kernel rather than remembered: an earlier agent may have had other uplinks, or no links.
        if (!_attached.SetEquals(uplinks))
        {
            writes += RemoveFilters(netlink, tcx ? [] : uplinks);
        }
        _attached = [.. uplinks];
        return writes;
    }

    private static int RemoveFilters(Rtnetlink netlink, IReadOnlyList<int> keep)
    {
        var writes = 0;
        foreach (var ifindex in netlink.Links.List().Select(l => l.Index).Except(keep))
        {
            foreach (var (hook, _, direction) in Hooks)
            {
                if (netlink.TrafficControl.Find(ifindex, direction)?.Name == FilterReconciler.NameOf(hook))
                {
                    writes += netlink.TrafficControl.Delete(ifindex, direction) ? 1 : 0;
                }
            }
        }
        return writes;
    }

    private int Links(ProgramSet programs, IReadOnlyList<int> uplinks)
    {
        var there = _links.List().ToDictionary(l => (l.Hook, l.PinnedIfindex));
        var writes = 0;
        foreach (var (hook, direction, _) in Hooks)
        {
            foreach (var ifindex in uplinks)
            {
                var link = there.GetValueOrDefault((hook, (uint)ifindex));
                if (link is null || link.Ifindex != (uint)ifindex || link.ProgramId != programs[hook].Id)
                {
                    tampering.CountIf(
                        _attached.Contains(ifindex) && link?.Ifindex != (uint)ifindex, "program", $"{hook} of device {ifindex} was detached");
                    _links.Attach(hook, (uint)ifindex, direction, programs[hook]);
                    writes++;
                }
            }
        }
        return writes + Remove(there.Values, uplinks);
    }

    private int Remove(IEnumerable<PinnedLink> there, IReadOnlyList<int> uplinks)
    {
        var writes = _links.Prune().Count;
        foreach (var link in there.Where(l => l.Ifindex != 0 && !uplinks.Contains((int)l.Ifindex)))
        {
            writes += _links.Detach(link.Hook, link.PinnedIfindex) ? 1 : 0;
        }
        return writes;
    }

    private int Filters(Rtnetlink netlink, ProgramSet programs, IReadOnlyList<int> uplinks)
    {
        var writes = 0;
        foreach (var (hook, _, direction) in Hooks)
        {
            writes += uplinks.Sum(i => filters.Ensure(netlink, i, direction, programs[hook]));
        }
        return writes;
    }
}
