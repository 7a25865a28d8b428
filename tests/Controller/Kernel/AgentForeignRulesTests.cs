using Netweir.Support.Lab;

namespace Netweir.Controller.Tests;

public sealed class AgentForeignRulesTests : IDisposable
{
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void Rules_of_kube_proxy_are_told_of_and_left()
    {
        Run("iptables-nft", "-t", "nat", "-N", "KUBE-SERVICES");
        Run("iptables-nft", "-t", "nat", "-A", "OUTPUT", "-j", "KUBE-SERVICES");

        _agent.Ready();

        const string note = "[!] kube-proxy's rules are in this node's netfilter: KUBE-SERVICES in ip nat: this host's own connections to services follow them, not Netweir";
        _agent.WaitFor(() => _agent.Get("/readyz").Contains(note, StringComparison.Ordinal), 10, "telling of kube-proxy's rules");
        Assert.Contains("remedy: ctl take-over", _agent.Get("/readyz"), StringComparison.Ordinal);
        Assert.Contains("\nready", _agent.Get("/readyz"), StringComparison.Ordinal);
        _agent.WaitFor(() => _agent.Api.Store.All("events").Any(e => e["reason"]!.ToString() == "ForeignNetworking"), 10, "recording an Event");
        Assert.Contains("-A OUTPUT -j KUBE-SERVICES", Run("iptables-nft-save", "-t", "nat").Output, StringComparison.Ordinal);
    }

    private Command Run(params string[] command) => Command.Run(command, _agent.Node.Namespace).Checked();
}
