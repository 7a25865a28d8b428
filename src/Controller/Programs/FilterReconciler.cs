using System.Globalization;
using Netweir.Loader;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Puts programs into clsact filters of fixed handle and priority: a replacement leaves no gap.</summary>
internal sealed class FilterReconciler(TamperLog tampering, LedgerWriter ledger)
{
    /// <summary>Device and direction to the program that was put there.</summary>
    private Dictionary<(int Ifindex, TcDirection Direction), uint> _applied = [];
    private Dictionary<(int Ifindex, TcDirection Direction), uint> _next = [];

    /// <summary>What the filter of a hook is called in the kernel.</summary>
    public static string NameOf(string hook) => $"{TrafficControl.NamePrefix}/{hook}";

    /// <summary>1 when the filter had to be written. <paramref name="lasting"/>: the device is neither Netweir's nor a pod's, and so outlives Netweir.</summary>
    /// <exception cref="NetlinkException">ENODEV: the device is gone.</exception>
    public int Ensure(Rtnetlink netlink, int ifindex, TcDirection direction, BpfProgram program, bool lasting = false)
    {
        var place = (ifindex, direction);
        var filter = netlink.TrafficControl.Find(ifindex, direction);
        if (filter?.ProgramId != program.Id)
        {
            tampering.CountIf(
                _applied.TryGetValue(place, out var before) && before == program.Id, "filter", $"{program.Name} of device {ifindex} was removed or replaced");
            if (lasting && !netlink.TrafficControl.HasClsact(ifindex))
            {
                ledger.Add(LedgerKind.Qdisc, netlink.Links.Get(ifindex).Name, ifindex.ToString(CultureInfo.InvariantCulture));
            }
            netlink.TrafficControl.EnsureClsact(ifindex);
            netlink.TrafficControl.Attach(ifindex, direction, program.Fd.Value, NameOf(program.Name));
            _next[place] = program.Id;
            return 1;
        }
        _next[place] = program.Id;
        return 0;
    }

    /// <summary>Ends a round: what was not asked for in it is forgotten.</summary>
    public void EndRound() => (_applied, _next) = (_next, []);
}
