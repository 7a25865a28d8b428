using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>Takes kube-proxy's rules out of nf_tables, and no others.</summary>
public static class KubeProxyRemoval
{
    /// <summary>Messages of one transaction: well below what a netlink socket takes at once.</summary>
    private const int BatchLength = 400;

    private const int Attempts = 3;

    /// <summary>
    /// Jumps first: with them, at one moment for each batch, packets stop following the rest. Then the chains are emptied, then deleted. An
    /// interruption leaves chains that nothing leads to, and the next call deletes them.
    /// </summary>
    /// <returns>What was there, all of which is gone but for <see cref="KubeProxyRules.Kept"/>.</returns>
    /// <exception cref="NetlinkException">The kernel refused, also after the rules were read anew because somebody else changed them.</exception>
    public static KubeProxyRules Run(NfTablesRuleset ruleset)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        for (int attempt = 1; ; attempt++)
        {
            KubeProxyRules rules = KubeProxyRules.Read(ruleset);
            try
            {
                foreach (NfTablesDeletion[] batch in Deletions(rules).SelectMany(step => step.Chunk(BatchLength)))
                {
                    ruleset.Delete(batch, "remove kube-proxy's rules");
                }

                return rules;
            }
            catch (NetlinkException e) when (e.ErrorNumber is Errno.ENOENT or Errno.EBUSY && attempt < Attempts)
            {
                // The kubelet or another tool wrote between reading and deleting.
            }
        }
    }

    private static IEnumerable<IEnumerable<NfTablesDeletion>> Deletions(KubeProxyRules rules) =>
    [
        rules.Jumps.Select(j => NfTablesDeletion.OfRule(j.From, j.Handle)),
        rules.Tables.Select(NfTablesDeletion.OfTable),
        rules.Chains.Select(NfTablesDeletion.OfAllRules),
        rules.Chains.Select(NfTablesDeletion.OfChain),
    ];
}
