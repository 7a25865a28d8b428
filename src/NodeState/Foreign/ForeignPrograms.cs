using System.Globalization;
using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>Finds other people's programs at devices of the calling thread's network namespace.</summary>
/// <param name="bpfRoot">Where Netweir's own are pinned.</param>
public sealed class ForeignPrograms(Rtnetlink netlink, string bpfRoot)
{
    private readonly HashSet<uint> _own = [.. new LinkStore(bpfRoot).List().Select(l => l.ProgramId)];

    public IReadOnlyList<ForeignProgram> At(Link link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return
        [
            .. Tcx(link, TcxDirection.Ingress), .. Tcx(link, TcxDirection.Egress), .. Filters(link, TcDirection.Ingress), .. Filters(link, TcDirection.Egress),
            .. link.XdpProgramId == 0 ? [] : (ForeignProgram[])[new(link.Name, "xdp", Name(link.XdpProgramId), link.XdpProgramId, $"ip link set dev {link.Name} xdp off")],
        ];
    }

    private IEnumerable<ForeignProgram> Tcx(Link link, TcxDirection direction) =>
        from id in LoadedProgram.AtTcx((uint)link.Index, direction)
        where !_own.Contains(id)
        let command = string.Create(CultureInfo.InvariantCulture, $"bpftool net show dev {link.Name}, then bpftool link detach id ID (or restart the program that owns it)")
        select new ForeignProgram(link.Name, $"tcx {Word(direction == TcxDirection.Ingress)}", Name(id), id, command);

    private IEnumerable<ForeignProgram> Filters(Link link, TcDirection direction) =>
        from filter in netlink.TrafficControl.List(link.Index, direction)
        where filter.Kind == "bpf" && filter.Name?.StartsWith(TrafficControl.NamePrefix, StringComparison.Ordinal) != true
        let word = Word(direction == TcDirection.Ingress)
        let command = string.Create(CultureInfo.InvariantCulture, $"tc filter del dev {link.Name} {word} pref {filter.Priority} handle 0x{filter.Handle:x} bpf")
        select new ForeignProgram(link.Name, $"tc {word}", filter.Name ?? Name(filter.ProgramId), filter.ProgramId, command);

    private static string Name(uint id) => LoadedProgram.Find(id)?.Name ?? "";

    private static string Word(bool ingress) => ingress ? "ingress" : "egress";
}
