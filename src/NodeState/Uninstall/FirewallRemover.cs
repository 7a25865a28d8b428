using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>Netweir's rules in the kubelet's chain; the chain and the kubelet's own rules stay.</summary>
internal sealed class FirewallRemover : IRemover
{
    public string Kind => LedgerKind.Firewall;

    public IEnumerable<Removal> Plan(UninstallContext context)
    {
        NfTablesChain chain = NetworkNames.KubeletChain;
        return (context.NfTables.Rules(chain) ?? []).Where(r => r.Comment == NetworkNames.RuleComment).Select(rule => new Removal(Kind, $"rule {rule.Handle} of {chain}")
        {
            Undo = () =>
            {
                context.NfTables.Delete(chain, rule.Handle);
                return null;
            },
        });
    }
}
