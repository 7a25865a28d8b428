using Netweir.Maps;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>Uninstalls from this node and tells of it. For people, lines come as things are done: whoever interrupts it sees how far it came.</summary>
internal static class NodeUninstallRun
{
    /// <exception cref="CtlException">Not root.</exception>
    /// <exception cref="UninstallRefusedException">Pods are connected, or an agent runs.</exception>
    public static int Run(NodeUninstall uninstall, bool dryRun, OutputFormat format, TextWriter output)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CtlException("only root can undo what Netweir made: run 'sudo ctl uninstall'");
        }

        bool table = format == OutputFormat.Table;
        IReadOnlyList<UninstallLine> lines = dryRun ? uninstall.DryRun() : uninstall.Run(line =>
        {
            if (table)
            {
                output.Write(UninstallText.Line(line));
                output.Flush();
            }
        });
        if (!table)
        {
            output.Write(OutputWriter.Write(UninstallText.Table(lines), format));
        }
        else if (dryRun)
        {
            output.Write(string.Concat(lines.Select(UninstallText.Line)));
        }

        if (table)
        {
            output.Write(UninstallText.Summary(lines, dryRun));
        }

        return lines.Any(l => l.Outcome == UninstallOutcome.Failed) ? ExitCode.Degraded : ExitCode.Ok;
    }
}
