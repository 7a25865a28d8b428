using System.Globalization;
using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>Does what a plan says, on the node of the calling thread's network namespace.</summary>
/// <param name="moved">Told of a file's old and new path before it is renamed, to be able to bring it back.</param>
public sealed class TakeOverRun(Action<string, string>? moved = null)
{
    /// <returns>What was done, one line each; what is gone already is left out.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    /// <exception cref="IOException">A file cannot be renamed.</exception>
    public IEnumerable<string> Execute(TakeOverPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        foreach (string file in plan.Files.Where(File.Exists))
        {
            string target = file + CniConfigurations.MovedSuffix;
            moved?.Invoke(file, target);
            File.Move(file, target, overwrite: true);
            yield return $"{file}: renamed to {Path.GetFileName(target)}";
        }

        using var ruleset = NfTablesRuleset.Open();
        foreach (string line in Say(KubeProxyRemoval.Run(ruleset)))
        {
            yield return line;
        }

        using var netlink = Rtnetlink.Open();
        foreach (string device in plan.Devices.Where(d => netlink.Links.Delete(d)))
        {
            yield return $"{device}: deleted";
        }
    }

    private static IEnumerable<string> Say(KubeProxyRules removed)
    {
        foreach (NfTablesTable table in removed.Tables)
        {
            yield return $"nftables table {table}: deleted";
        }

        foreach (IGrouping<NfTablesTable, NfTablesChain> chains in removed.Chains.GroupBy(c => new NfTablesTable(c.Family, c.Table)))
        {
            int jumps = removed.Jumps.Count(j => new NfTablesTable(j.From.Family, j.From.Table) == chains.Key);
            yield return string.Create(CultureInfo.InvariantCulture, $"iptables table {chains.Key}: {jumps} rules that led to kube-proxy's chains and {chains.Count()} chains deleted");
        }

        foreach (NfTablesChain chain in removed.Kept)
        {
            yield return $"{chain}: left, because a rule of somebody else leads to it (nft list table {new NfTablesTable(chain.Family, chain.Table)})";
        }
    }
}
