using System.CommandLine;
using Netweir.Maps;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary><c>ctl uninstall</c>: this node as it was before Netweir.</summary>
internal static class UninstallCommand
{
    public static Command Create(GlobalOptions options, TextWriter output)
    {
        Option<string> conf = NodeOptions.CniConfDir();
        Option<string> plugins = NodeOptions.CniBinDir();
        Option<string> tools = NodeOptions.Directory("--bin-dir", "where ctl is", "/opt/netweir/bin");
        Option<string> host = NodeOptions.Directory("--host-root", "the node's root directory; all other paths are the node's own", "/");
        var force = new Option<bool>("--force") { Description = "also while pods are connected: they lose their network" };
        var dryRun = new Option<bool>("--dry-run") { Description = "say what would be done, change nothing" };
        var command = new Command("uninstall", "Undoes on this node all that Netweir made and changed; run it in the node's network namespace")
        {
            conf, plugins, tools, host, force, dryRun, options.Output,
        };
        command.SetAction(result =>
        {
            CtlPaths given = options.Paths(result);
            var uninstall = new NodeUninstall(
                new UninstallPaths
                {
                    BpfRoot = given.BpfRoot,
                    StateDirectory = Trim(given.StateDirectory),
                    RunDirectory = Trim(given.RunDirectory),
                    CniConfDirectory = Trim(result.GetValue(conf)!),
                    CniBinDirectory = Trim(result.GetValue(plugins)!),
                    BinDirectory = Trim(result.GetValue(tools)!),
                    HostRoot = Trim(result.GetValue(host)!),
                },
                result.GetValue(force));
            if (!Environment.IsPrivilegedProcess)
            {
                throw new CtlException("only root can undo what Netweir made: run 'sudo ctl uninstall'");
            }

            return Run(uninstall, result.GetValue(dryRun), result.GetValue(options.Output), output);
        });
        return command;
    }

    /// <summary>For people, lines come as things are done: whoever interrupts it sees how far it came.</summary>
    private static int Run(NodeUninstall uninstall, bool dryRun, OutputFormat format, TextWriter output)
    {
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

    private static string Trim(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
}
