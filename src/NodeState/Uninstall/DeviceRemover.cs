using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Netweir's devices, and with them their addresses, routes, neighbours, filters and settings. One of another kind is somebody else's.</summary>
internal sealed class DeviceRemover : IRemover
{
    public string Kind => LedgerKind.Device;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        from entry in context.Of(Kind).DistinctBy(e => e.Name)
        let link = context.Netlink.Links.Find(entry.Name)
        where link is not null && link.Kind == entry.Detail
        select new Removal(Kind, entry.Name) { Undo = () => Delete(context.Netlink, link) };

    private static string? Delete(Rtnetlink netlink, Link link)
    {
        netlink.Links.Delete(link.Index);
        return null;
    }
}
