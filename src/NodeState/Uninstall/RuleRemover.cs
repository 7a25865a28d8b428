using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Routing rules of protocol Netweir.</summary>
internal sealed class RuleRemover : IRemover
{
    public string Kind => LedgerKind.Rules;

    public IEnumerable<Removal> Plan(UninstallContext context) =>
        Rules(context.Netlink).Where(r => r.Protocol == RouteProtocol.Netweir).Select(rule => new Removal(Kind, rule.ToString())
        {
            Undo = () =>
            {
                context.Netlink.Rules.Delete(rule);
                return null;
            },
        });

    private static List<RoutingRule> Rules(Rtnetlink netlink)
    {
        try
        {
            return netlink.Rules.List();
        }
        catch (NetlinkException e) when (e.ErrorNumber == Errno.EOPNOTSUPP)
        {
            return []; // a kernel without rules
        }
    }
}
