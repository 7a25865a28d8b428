using Microsoft.Extensions.Logging;
using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Runs a loop's stages; a stage that fails for a reason outside of the program becomes a condition that is not met.</summary>
internal sealed class StageRunner(string loop, Conditions conditions, AgentMetrics metrics, ILogger logger)
{
    private readonly HashSet<string> _met = new(StringComparer.Ordinal);

    /// <summary>
    /// True when the stage came to its end; <paramref name="stage"/> returns the number of writes. <paramref name="waitsFor"/>, where not null, is
    /// what the condition lacks even so; whoever brings it pulls the loop's trigger.
    /// </summary>
    public bool Run(string condition, Func<int> stage, string? waitsFor = null)
    {
        try
        {
            var writes = stage();
            if (writes > 0)
            {
                NodeLog.Wrote(logger, condition, writes);
            }
            if (waitsFor is null)
            {
                Met(condition);
            }
            else
            {
                NotMet(condition, waitsFor);
            }
            return true;
        }
        catch (Exception e) when (e is NetlinkException or BpfException or IOException or UnauthorizedAccessException or StartupException)
        {
            metrics.TurnFailed(loop, condition);
            NotMet(condition, e.Message);
            return false;
        }
    }

    public bool IsMet(string condition) => conditions.IsMet(condition);

    public void Met(string condition)
    {
        conditions.Met(condition);
        if (_met.Add(condition))
        {
            NodeLog.Met(logger, condition);
        }
    }

    /// <summary>Logged when it is news.</summary>
    public void NotMet(string condition, string cause)
    {
        _met.Remove(condition);
        if (conditions.NotMet(condition, cause))
        {
            NodeLog.NotMet(logger, condition, cause);
        }
    }

    /// <summary>What should be known but keeps nothing from working; each is logged once.</summary>
    public void Note(string about, IReadOnlyList<string> notes)
    {
        foreach (var note in conditions.Note(about, notes))
        {
            NodeLog.Note(logger, note);
        }
    }
}
