using System.CommandLine;
using System.Net;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary><c>ctl status</c></summary>
internal static class StatusCommand
{
    public static Command Create(GlobalOptions options, TextWriter output)
    {
        Option<string> agent = NodeOptions.Agent();
        var command = new Command("status", "Is this node's networking well? Run it in the node's network namespace")
        {
            options.Output, agent,
        };
        command.SetAction(result =>
        {
            IPEndPoint health = NodeOptions.ParseAgent(result.GetValue(agent)!);
            CtlPaths paths = options.Paths(result);
            paths.RequirePins();
            StatusReport report = StatusReader.Read(paths, health);
            IReadOnlyList<string> problems = StatusVerdict.Problems(report);
            output.Write(OutputWriter.Write(StatusDocument.Create(report, problems), result.GetValue(options.Output)));
            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Degraded;
        });
        return command;
    }
}
