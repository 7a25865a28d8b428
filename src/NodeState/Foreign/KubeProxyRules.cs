using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>What kube-proxy left in nf_tables.</summary>
public sealed record KubeProxyRules
{
    public static KubeProxyRules None { get; } = new() { Tables = [], Chains = [], Jumps = [], Kept = [] };

    /// <summary>Of its nftables mode.</summary>
    public required IReadOnlyList<NfTablesTable> Tables { get; init; }

    /// <summary>Of its iptables and IPVS modes; nobody else's rule leads to them.</summary>
    public required IReadOnlyList<NfTablesChain> Chains { get; init; }

    /// <summary>Rules of netfilter's own chains (INPUT and so on) that lead into <see cref="Chains"/> or <see cref="Kept"/>.</summary>
    public required IReadOnlyList<KubeProxyJump> Jumps { get; init; }

    /// <summary>Chains that rules of somebody else's chains lead to, such as a port mapper's to KUBE-MARK-MASQ.</summary>
    public required IReadOnlyList<NfTablesChain> Kept { get; init; }

    public bool IsEmpty => Tables.Count + Chains.Count + Jumps.Count == 0;

    public static KubeProxyRules Read(NfTablesRuleset ruleset)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        IReadOnlyList<NfTablesTable> tables = ruleset.Tables();
        IReadOnlyList<NfTablesChainInfo> chains = ruleset.Chains();
        NfTablesTable[] affected = [.. chains.Where(c => KubeProxyNames.IsChain(c.Chain.Name)).Select(c => TableOf(c.Chain)).Distinct().Where(KubeProxyNames.MayHold)];
        return Compute(tables, chains, affected.ToDictionary(t => t, ruleset.Rules));
    }

    /// <summary>Pure.</summary>
    public static KubeProxyRules Compute(
        IReadOnlyList<NfTablesTable> tables, IReadOnlyList<NfTablesChainInfo> chains, IReadOnlyDictionary<NfTablesTable, IReadOnlyList<NfTablesRule>> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        List<NfTablesChain> removed = [], kept = [];
        List<KubeProxyJump> jumps = [];
        foreach ((NfTablesTable table, IReadOnlyList<NfTablesRule> all) in rules)
        {
            NfTablesChainInfo[] own = [.. chains.Where(c => TableOf(c.Chain) == table)];
            HashSet<string> bases = [.. own.Where(c => c.IsBase).Select(c => c.Chain.Name)];
            HashSet<string> held = Held(all, bases);
            NfTablesChain[] theirs = [.. own.Where(c => !c.IsBase && KubeProxyNames.IsChain(c.Chain.Name)).Select(c => c.Chain)];
            removed.AddRange(theirs.Where(c => !held.Contains(c.Name)));
            kept.AddRange(theirs.Where(c => held.Contains(c.Name)));
            jumps.AddRange(from rule in all
                           let target = rule.Target
                           where target is not null && bases.Contains(rule.Chain) && KubeProxyNames.IsChain(target)
                           select new KubeProxyJump(new NfTablesChain(table.Family, table.Name, rule.Chain), rule.Handle, target));
        }

        return new KubeProxyRules { Tables = [.. tables.Where(KubeProxyNames.IsTable)], Chains = removed, Jumps = jumps, Kept = kept };
    }

    /// <summary>kube-proxy's chains that a chain of somebody else leads to, and those that they lead to.</summary>
    private static HashSet<string> Held(IReadOnlyList<NfTablesRule> rules, HashSet<string> bases)
    {
        HashSet<string> held = [];
        var next = new Queue<string>(rules.Where(r => r.Target is not null && !bases.Contains(r.Chain) && !KubeProxyNames.IsChain(r.Chain)).Select(r => r.Target!));
        ILookup<string, string> targets = rules.Where(r => r.Target is not null).ToLookup(r => r.Chain, r => r.Target!);
        while (next.TryDequeue(out string? chain))
        {
            if (KubeProxyNames.IsChain(chain) && held.Add(chain))
            {
                foreach (string target in targets[chain])
                {
                    next.Enqueue(target);
                }
            }
        }

        return held;
    }

    private static NfTablesTable TableOf(NfTablesChain chain) => new(chain.Family, chain.Table);
}
