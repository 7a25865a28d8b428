using System.Globalization;
using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Offload sizes of devices that are there yet go back to what they were, where they still are what Netweir made them.</summary>
internal sealed class OffloadRestorer : IRemover
{
    public string Kind => LedgerKind.Offload;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from entry in context.Of(Kind)
        where int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        let link = context.Netlink.Links.Find(int.Parse(entry.Name, CultureInfo.InvariantCulture))
        let before = OffloadSizes.TryParse(entry.Before)
        let set = OffloadSizes.TryParse(entry.Detail)
        where link is not null && before is not null && set is not null && link.OffloadSizes != before
        let undone = link.OffloadSizes.Undone(set.Value, before.Value)
        select undone != link.OffloadSizes
            ? new Removal(Kind, link.Name) { Restores = true, Detail = $"{link.OffloadSizes} -> {undone}", Undo = () => Restore(context.Netlink, link.Index, undone) }
            : new Removal(Kind, link.Name) { Left = $"it is {link.OffloadSizes}: somebody else changed it after Netweir, which had found {entry.Before} and set {entry.Detail}" };

    private static string? Restore(Rtnetlink netlink, int ifindex, OffloadSizes sizes)
    {
        netlink.Links.SetOffloadSizes(ifindex, sizes);
        return null;
    }
}
