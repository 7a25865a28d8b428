using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Takes the programs off devices that are not Netweir's own: TCX links that are pinned, and filters of Netweir's names.</summary>
internal sealed class ProgramRemover : IRemover
{
    private static readonly TcDirection[] s_directions = [TcDirection.Ingress, TcDirection.Egress];

    public string Kind => "program";

    public IEnumerable<Removal> Plan(UninstallContext context)
    {
        List<Link> devices = [.. context.Netlink.Links.List().Where(l => !NetworkNames.IsOwn(l.Name) && !AttachmentKey.IsHostInterfaceName(l.Name))];
        return Links(context, devices.ToDictionary(d => d.Index, d => d.Name)).Concat(devices.SelectMany(d => Filters(context, d)));
    }

    private IEnumerable<Removal> Links(UninstallContext context, Dictionary<int, string> devices) =>
        from root in context.Names(LedgerKind.BpfRoot)
        let store = new LinkStore(context.Paths.Here(root))
        from link in store.List()
        where link.Ifindex != 0
        select new Removal(Kind, $"{link.Hook} of {devices.GetValueOrDefault((int)link.Ifindex, $"device {link.Ifindex}")} (TCX {link.Direction.ToString().ToLowerInvariant()})")
        {
            Undo = () =>
            {
                store.Detach(link.Hook, link.PinnedIfindex);
                return null;
            },
        };

    private IEnumerable<Removal> Filters(UninstallContext context, Link device) =>
        from direction in s_directions
        let filter = context.Netlink.TrafficControl.Find(device.Index, direction)
        where filter?.Name?.StartsWith(TrafficControl.NamePrefix + "/", StringComparison.Ordinal) == true
        select new Removal(Kind, $"{filter.Name} of {device.Name} (filter {direction.ToString().ToLowerInvariant()})")
        {
            Undo = () =>
            {
                context.Netlink.TrafficControl.Delete(device.Index, direction);
                return null;
            },
        };
}
