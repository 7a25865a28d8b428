using Netweir.Netlink;
using Netweir.NodeState.Foreign;

namespace Netweir.NodeState.Tests.Foreign;

/// <summary>Against rules that iptables-nft and nft wrote into a network namespace.</summary>
public sealed class TakeOverTests : IDisposable
{
    private readonly ForeignNode _node = new();
    private readonly List<(string From, string To)> _moved = [];

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Kube_proxys_rules_go_and_all_others_stay()
    {
        Others();
        string before = _node.Rules();
        string savedBefore = _node.Run("iptables-nft-save").Output;
        KubeProxy();
        Assert.NotEqual(before, _node.Rules());

        string[] done = TakeOver();

        Assert.Equal(before, _node.Rules());
        Assert.Equal(WithoutCounters(savedBefore), WithoutCounters(_node.Run("iptables-nft-save").Output));
        Assert.Contains("nftables table ip kube-proxy: deleted", done);
        Assert.Contains("iptables table ip nat: 3 rules that led to kube-proxy's chains and 11 chains deleted", done);
        Assert.True(_node.Read().Rules.IsEmpty);
    }

    [Fact]
    public void Second_take_over_finds_nothing_to_do()
    {
        Others();
        KubeProxy();
        TakeOver();
        string before = _node.Rules();

        Assert.Empty(TakeOverPlan.Compute(_node.Read(), installing: true, force: false).Steps);
        Assert.Empty(TakeOver());
        Assert.Equal(before, _node.Rules());
    }

    [Fact]
    public void What_an_interrupted_take_over_left_is_removed_by_the_next()
    {
        Others();
        string before = _node.Rules();
        KubeProxy();
        KubeProxyRules rules = _node.Read().Rules;
        _node.Ruleset.Delete([.. rules.Jumps.Select(j => NfTablesDeletion.OfRule(j.From, j.Handle))], "test");
        _node.Ruleset.Delete([.. rules.Chains.Take(5).Select(NfTablesDeletion.OfAllRules)], "test");

        TakeOver();

        Assert.Equal(before, _node.Rules());
    }

    [Fact]
    public void Chain_that_somebody_elses_rule_leads_to_is_left_with_what_it_needs()
    {
        Others();
        KubeProxy();
        _node.Run("iptables-nft", "-t", "nat", "-A", "CNI-HOSTPORT-DNAT", "-p", "tcp", "--dport", "8080", "-j", "KUBE-MARK-MASQ");

        string[] done = TakeOver();

        string saved = _node.Run("iptables-nft-save", "-t", "nat").Output;
        Assert.Contains("-A CNI-HOSTPORT-DNAT -p tcp -m tcp --dport 8080 -j KUBE-MARK-MASQ", saved, StringComparison.Ordinal);
        Assert.Contains("-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000", saved, StringComparison.Ordinal);
        Assert.DoesNotContain("KUBE-SVC-", saved, StringComparison.Ordinal);
        Assert.DoesNotContain("KUBE-POSTROUTING", saved, StringComparison.Ordinal);
        Assert.Contains("chain IPv4 nat KUBE-MARK-MASQ: left, because a rule of somebody else leads to it (nft list table ip nat)", done);
    }

    [Fact]
    public void Many_chains_go_in_several_transactions()
    {
        Others();
        string before = _node.Rules();
        string services = string.Concat(Enumerable.Range(0, 1500).Select(i => $":KUBE-SVC-{i:D16} - [0:0]\n:KUBE-SEP-{i:D16} - [0:0]\n"));
        string rules = string.Concat(Enumerable.Range(0, 1500).Select(i => $"-A KUBE-SERVICES -d 10.96.{i / 250}.{i % 250}/32 -j KUBE-SVC-{i:D16}\n-A KUBE-SVC-{i:D16} -j KUBE-SEP-{i:D16}\n"));
        _node.Iptables($"*nat\n:KUBE-SERVICES - [0:0]\n{services}-I OUTPUT 1 -j KUBE-SERVICES\n{rules}COMMIT\n");

        string[] done = TakeOver();

        Assert.Equal(["iptables table ip nat: 1 rules that led to kube-proxy's chains and 3001 chains deleted"], done);
        Assert.Equal(before, _node.Rules());
    }

    [Fact]
    public void Other_configurations_are_renamed_and_told_of_before()
    {
        _node.Configuration("00-multus.conf", "multus");
        _node.Configuration("05-netweir.conflist", "netweir-cni");
        _node.Configuration("10-flannel.conflist", "flannel");
        File.WriteAllText(Path.Combine(_node.ConfDir, "87-podman.conflist"), "not json");

        TakeOver();

        Assert.Equal(
            ["00-multus.conf", "05-netweir.conflist", "10-flannel.conflist.netweir-moved", "87-podman.conflist.netweir-moved"],
            Directory.GetFiles(_node.ConfDir).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string flannel = Path.Combine(_node.ConfDir, "10-flannel.conflist");
        Assert.Equal((flannel, flannel + ".netweir-moved"), _moved[0]);
        Assert.DoesNotContain(_node.Findings(), f => f.Subject == "cni" && f.What.Contains("flannel", StringComparison.Ordinal));
    }

    [Fact]
    public void Idle_devices_go_and_those_in_use_stay()
    {
        Device("kube-ipvs0", "bridge");
        Device("cni0", "bridge");
        _node.Run("ip", "link", "add", "flannel.1", "type", "vxlan", "id", "1", "dstport", "8472", "local", "127.0.0.1");
        Device("br0", "bridge");

        TakeOver();

        Assert.Equal(["br0", "lo"], _node.Netlink.Links.List().Select(l => l.Name).Order(StringComparer.Ordinal));

        Device("cni0", "bridge");
        Device("flannel.1", "bridge");
        _node.Pod("veth1a2b", "cni0");
        TakeOver(force: true);
        Assert.Equal(["br0", "cni0", "flannel.1", "lo", "veth1a2b"], _node.Netlink.Links.List().Select(l => l.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_is_refused_while_kube_proxy_runs()
    {
        _node.Process(42, "kube-proxy", "net:[1]");
        Assert.Empty(TakeOverPlan.Compute(_node.Read(), installing: true, force: false).Refusals);

        _node.Process(43, "kube-proxy");
        string refusal = Assert.Single(TakeOverPlan.Compute(_node.Read(), installing: true, force: true).Refusals);
        Assert.Equal("kube-proxy still runs on this node (process 43) and would put its rules back: kubectl -n kube-system delete daemonset kube-proxy, and try again", refusal);

        _node.KillProcess(43);
        Assert.Empty(TakeOverPlan.Compute(_node.Read(), installing: true, force: false).Refusals);
    }

    [Fact]
    public void It_is_refused_while_pods_of_another_plugin_run()
    {
        _node.Uplink();
        _node.Pod("cali123456");
        _node.Pod("nwabcdefghijklm");

        string refusal = Assert.Single(TakeOverPlan.Compute(_node.Read(), installing: true, force: false).Refusals);

        Assert.StartsWith("1 pods of another plugin run here and would lose their services: cali123456: drain", refusal, StringComparison.Ordinal);
        Assert.Empty(TakeOverPlan.Compute(_node.Read(), installing: true, force: true).Refusals);
    }

    [Fact]
    public void It_is_refused_where_Netweir_is_not_ready()
    {
        Assert.Contains("Netweir is not ready on this node", Assert.Single(TakeOverPlan.Compute(_node.Read(), installing: false, force: false).Refusals), StringComparison.Ordinal);

        _node.Configuration("05-netweir.conflist", "netweir-cni");

        Assert.Empty(TakeOverPlan.Compute(_node.Read(), installing: false, force: false).Refusals);
    }

    private void Others()
    {
        _node.Iptables(KubeProxyShapes.OthersIptables);
        _node.Nft(KubeProxyShapes.OthersNftables);
    }

    private void KubeProxy()
    {
        _node.Iptables(KubeProxyShapes.Iptables);
        _node.Ip6tables(KubeProxyShapes.Ip6tables);
        _node.Nft(KubeProxyShapes.Nftables);
    }

    private void Device(string name, string kind) => _node.Run("ip", "link", "add", name, "type", kind);

    private string[] TakeOver(bool force = false)
    {
        TakeOverPlan plan = TakeOverPlan.Compute(_node.Read(), installing: true, force);
        Assert.Empty(plan.Refusals);
        return _node.Namespace.Run(() => new TakeOverRun((from, to) =>
        {
            Assert.True(File.Exists(from));
            _moved.Add((from, to));
        }).Execute(plan).ToArray());
    }

    private static string WithoutCounters(string saved) => string.Join('\n', saved.Split('\n').Where(l => !l.StartsWith('#')).Select(l => l.Split(" [")[0]));
}
