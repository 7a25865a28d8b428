using Netweir.Netlink;

namespace Netweir.NodeState.Foreign;

/// <summary>A look at the few signs of foreign networking that matter while Netweir runs. It costs the same on a node with a hundred thousand rules.</summary>
public static class ForeignGlance
{
    private static readonly NfTablesChain[] s_signs =
    [
        new(NfTablesFamily.IPv4, "nat", KubeProxyNames.Services), new(NfTablesFamily.IPv6, "nat", KubeProxyNames.Services),
        new(NfTablesFamily.IPv4, "filter", KubeProxyNames.Services), new(NfTablesFamily.IPv6, "filter", KubeProxyNames.Services),
    ];

    /// <exception cref="NetlinkException">The kernel refused to tell.</exception>
    public static IReadOnlyList<Finding> Look(NfTablesRuleset ruleset, Rtnetlink netlink, string cniConfDir)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        ArgumentNullException.ThrowIfNull(netlink);
        string[] rules =
        [
            .. ruleset.Tables().Where(KubeProxyNames.IsTable).Select(t => $"table {t}"),
            .. s_signs.Where(ruleset.Exists).Select(c => $"{c.Name} in {new NfTablesTable(c.Family, c.Table)}"),
        ];
        CniConfiguration? first = CniConfigurations.Read(cniConfDir) is [var found, ..] ? found : null;
        return
        [
            .. rules.Length == 0 ? [] : (Finding[])[ForeignFindings.Rules(string.Join(", ", rules), runs: false)],
            .. netlink.Links.Find(KubeProxyNames.IpvsDevice) is null ? [] : (Finding[])[ForeignFindings.Ipvs(runs: false)],
            .. first is null || string.CompareOrdinal(first.Name, CniConfigurations.OwnFile) >= 0 ? [] : (Finding[])[ForeignFindings.Chosen(first)],
        ];
    }
}
