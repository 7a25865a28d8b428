using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Makes Netweir's routing rules equal to the plan; other people's stay.</summary>
internal sealed class RuleReconciler(Rtnetlink netlink, TamperLog tampering, LedgerWriter ledger)
{
    private HashSet<RoutingRule> _applied = [];

    /// <summary>The number of rules added or deleted.</summary>
    /// <exception cref="NetlinkException">The kernel refused a change; EOPNOTSUPP: it has no rules.</exception>
    public int Reconcile(IReadOnlyList<RoutingRule> desired)
    {
        var actual = netlink.Rules.List().Where(r => r.Protocol == RouteProtocol.Netweir).ToHashSet();
        if (desired.Count > 0)
        {
            ledger.Add(LedgerKind.Rules, "netweir");
        }
        var writes = 0;
        foreach (var rule in desired.Where(r => !actual.Contains(r)))
        {
            tampering.CountIf(_applied.Contains(rule), "rule", $"{rule} was removed");
            netlink.Rules.Add(rule);
            writes++;
        }
        foreach (var rule in actual.Where(r => !desired.Contains(r)))
        {
            writes += netlink.Rules.Delete(rule) ? 1 : 0;
        }
        _applied = [.. desired];
        return writes;
    }
}
