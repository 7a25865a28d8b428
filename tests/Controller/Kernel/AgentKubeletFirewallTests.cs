using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Controller.Tests;

public sealed class AgentKubeletFirewallTests : IDisposable
{
    private readonly AgentProcess _agent = new();
    private readonly NfTables _nftables;

    public AgentKubeletFirewallTests() => _nftables = NfTables.Open(_agent.Node.Namespace);

    public void Dispose()
    {
        _nftables.Dispose();
        _agent.Dispose();
    }

    [Fact]
    public void The_kubelets_chain_gets_its_rule_when_it_comes_and_loses_it_with_the_option()
    {
        _agent.Ready();
        Iptables("-N", "KUBE-FIREWALL");
        Iptables("-A", "KUBE-FIREWALL", "-d", "127.0.0.0/8", "-j", "DROP");
        _agent.WaitFor(() => Ours() == 1, 10, "letting its own packets pass the kubelet's chain");

        Iptables("-D", "KUBE-FIREWALL", "1");
        _agent.WaitFor(() => Ours() == 1, 10, "putting its rule back");
        _agent.Counts("netweir_external_changes_total{kind=\"firewall\"} 1\n");

        Assert.Equal(0, _agent.Stop());
        Assert.Equal(1, Ours());
        _agent.Start("--localhost-node-ports", "false");
        _agent.WaitFor(() => Ours() == 0, 10, "rid of its rule");
        Assert.Single(_nftables.Rules(KubeletFirewall.Chain)!);
    }

    private int Ours() => _nftables.Rules(KubeletFirewall.Chain)!.Count(r => r.Comment == KubeletFirewall.Comment);

    private void Iptables(params string[] arguments) => Command.Run(["iptables-nft", .. arguments], _agent.Node.Namespace).Checked();
}
