using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Routes of protocol Netweir, in whichever table. Those to pods go with the pods' interfaces.</summary>
internal sealed class RouteRemover : IRemover
{
    public string Kind => LedgerKind.Routes;

    public IEnumerable<Removal> Plan(UninstallContext context)
    {
        HashSet<int> pods = [.. context.Pods().Select(p => p.Link.Index)];
        return context.Netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }).Where(r => !pods.Contains(r.LinkIndex)).Select(route => new Removal(Kind, route.ToString())
        {
            Undo = () =>
            {
                context.Netlink.Routes.Delete(route);
                return null;
            },
        });
    }
}
