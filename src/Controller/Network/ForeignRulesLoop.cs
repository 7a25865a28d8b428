using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Controller;

/// <summary>
/// Looks every minute whether somebody else's networking is in the way of Netweir's on this node, and says so, once in an Event and on /readyz for as
/// long as it is there. It takes nothing away: that is for <c>ctl take-over</c>.
/// </summary>
internal sealed class ForeignRulesLoop(
    NfTablesRuleset ruleset, Rtnetlink netlink, AgentOptions options, NodeEvents events, StageRunner stages, Trigger trigger, LoopWatch watch, AgentMetrics metrics,
    TimeProvider time)
    : PeriodicLoop("foreign-rules", trigger, TimeSpan.FromSeconds(60), watch, metrics, time)
{
    public const string Found = "ForeignNetworking";
    public const string Gone = "ForeignNetworkingGone";
    private readonly AgentMetrics _metrics = metrics;
    private IReadOnlyList<string> _known = [];

    protected override bool Turn(bool resync, CancellationToken cancellationToken)
    {
        try
        {
            Tell([.. ForeignGlance.Look(ruleset, netlink, options.CniConfDir).Select(Text)]);
            return true;
        }
        catch (Exception e) when (e is NetlinkException or IOException or UnauthorizedAccessException)
        {
            _metrics.TurnFailed(Name, Name);
            stages.Note(Name, [$"cannot tell whether other networking is in the way on this node: {e.Message}; 'ctl preflight' says more"]);
            return false;
        }
    }

    private void Tell(IReadOnlyList<string> found)
    {
        stages.Note(Name, found);
        foreach (var news in found.Except(_known))
        {
            events.Warning(Found, "Look", news);
        }
        if (found.Count == 0 && _known.Count > 0)
        {
            events.Normal(Gone, "Look", "no other networking is in Netweir's way on this node any more");
        }
        _known = found;
    }

    private static string Text(Finding finding) => $"{finding.What}: {finding.Effect}; remedy: {finding.Remedy}";
}
