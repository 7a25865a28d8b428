using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Keeps some hooks' programs on the devices that are named, by pinned TCX links where the kernel has them, and off all others.</summary>
internal sealed class HookReconciler(IReadOnlyList<HookPoint> points, string bpfRoot, bool tcx, FilterReconciler filters, TamperLog tampering)
{
    private readonly LinkStore _links = new(bpfRoot);
    private HashSet<int> _attached = [];

    public int Reconcile(Rtnetlink netlink, ProgramSet programs, IReadOnlyList<int> devices)
    {
        var writes = tcx ? Links(programs, devices) : Filters(netlink, programs, devices);
        // Filters found in the kernel rather than remembered: an earlier agent may have had other devices, or no links.
        if (!_attached.SetEquals(devices))
        {
            writes += RemoveFilters(netlink, tcx ? [] : devices);
        }
        _attached = [.. devices];
        return writes;
    }

    private int RemoveFilters(Rtnetlink netlink, IReadOnlyList<int> keep)
    {
        var writes = 0;
        foreach (var ifindex in netlink.Links.List().Select(l => l.Index).Except(keep))
        {
            foreach (var (hook, _, direction) in points)
            {
                if (netlink.TrafficControl.Find(ifindex, direction)?.Name == FilterReconciler.NameOf(hook))
                {
                    writes += netlink.TrafficControl.Delete(ifindex, direction) ? 1 : 0;
                }
            }
        }
        return writes;
    }

    private int Links(ProgramSet programs, IReadOnlyList<int> devices)
    {
        var there = _links.List().ToDictionary(l => (l.Hook, l.PinnedIfindex));
        var writes = 0;
        foreach (var (hook, direction, _) in points)
        {
            foreach (var ifindex in devices)
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
        return writes + Remove(there.Values, devices);
    }

    private int Remove(IEnumerable<PinnedLink> there, IReadOnlyList<int> devices)
    {
        var writes = _links.Prune().Count;
        foreach (var link in there.Where(l => l.Ifindex != 0 && points.Any(p => p.Hook == l.Hook) && !devices.Contains((int)l.Ifindex)))
        {
            writes += _links.Detach(link.Hook, link.PinnedIfindex) ? 1 : 0;
        }
        return writes;
    }

    private int Filters(Rtnetlink netlink, ProgramSet programs, IReadOnlyList<int> devices)
    {
        var writes = 0;
        foreach (var (hook, _, direction) in points)
        {
            writes += devices.Sum(i => filters.Ensure(netlink, i, direction, programs[hook], lasting: true));
        }
        return writes;
    }
}
