using Netweir.Maps;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>What <c>ctl uninstall</c> prints.</summary>
internal static class UninstallText
{
    public static string Line(UninstallLine line) =>
        $"{Word(line.Outcome),-9} {line.Kind,-11} {line.What}{(line.Detail is null ? "" : $": {line.Detail}")}".TrimEnd() + "\n";

    public static string Summary(IReadOnlyList<UninstallLine> lines, bool dryRun)
    {
        int failed = lines.Count(l => l.Outcome == UninstallOutcome.Failed), done = lines.Count(l => l.Outcome is not (UninstallOutcome.Failed or UninstallOutcome.Left));
        return failed > 0 ? $"{failed} could not be undone and {(failed == 1 ? "stays" : "stay")} in the ledger, which stays with ctl and the directories: remove the cause and run 'ctl uninstall' again\n"
            : dryRun ? $"{done} to be undone; nothing was changed\n"
            : done == 0 ? "nothing of Netweir is on this node\n"
            : "Netweir is removed from this node\n";
    }

    public static MapTable Table(IReadOnlyList<UninstallLine> lines) => new()
    {
        Name = "uninstall",
        Columns = ["outcome", "kind", "name", "detail"],
        Rows = [.. lines.Select(l => (IReadOnlyList<Cell>)[Word(l.Outcome), l.Kind, l.What, l.Detail])],
    };

    private static string Word(UninstallOutcome outcome) => outcome switch
    {
        UninstallOutcome.Planned => "planned",
        UninstallOutcome.Removed => "removed",
        UninstallOutcome.Restored => "restored",
        UninstallOutcome.Left => "left",
        _ => "failed",
    };
}
