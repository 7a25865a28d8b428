using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>
/// Looks every second whether the kubelet's chain lets the host's own packets pass: the kubelet makes it when it likes, and anew. A refusal is
/// a note and not a condition: pods and all other ways to a service work without.
/// </summary>
internal sealed class KubeletFirewallLoop(
    KubeletFirewall firewall, AgentOptions options, StageRunner stages, Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("kubelet-firewall", trigger, TimeSpan.FromSeconds(1), watch, metrics, time)
{
    private readonly AgentMetrics _metrics = metrics;

    protected override bool Turn(bool resync, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        try
        {
            firewall.Reconcile(options.LocalhostNodePorts);
        }
        catch (NetlinkException e)
        {
            _metrics.TurnFailed(Name, Name);
            problems.Add($"{e.Message}; NodePorts on 127.0.0.1 are not reached from this node's own addresses until {KubeletFirewall.Chain} can be changed");
        }
        stages.Note(Name, problems);
        return problems.Count == 0;
    }
}
