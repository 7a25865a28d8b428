using System.Globalization;
using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>clsact where Netweir added it, unless somebody else has put filters there since.</summary>
internal sealed class QdiscRemover : IRemover
{
    public string Kind => LedgerKind.Qdisc;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from entry in context.Of(Kind)
        where int.TryParse(entry.Detail, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        let index = int.Parse(entry.Detail!, CultureInfo.InvariantCulture)
        where context.Netlink.TrafficControl.HasClsact(index)
        select new Removal(Kind, $"clsact of {entry.Name}") { Undo = () => Delete(context.Netlink.TrafficControl, index) };

    private static string? Delete(TrafficControl traffic, int index)
    {
        TcFilter[] filters = [.. traffic.List(index, TcDirection.Ingress), .. traffic.List(index, TcDirection.Egress)];
        if (filters.Length > 0)
        {
            return $"somebody else has filters there ({string.Join(", ", filters.Select(f => f.Name ?? f.Kind))})";
        }

        traffic.DeleteClsact(index);
        return null;
    }
}
