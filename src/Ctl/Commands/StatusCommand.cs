using System.CommandLine;
using System.Net;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary><c>ctl status</c></summary>
internal static class StatusCommand
{
    public static Command Create(GlobalOptions options, TextWriter output)
    {
        var agent = new Option<string>("--agent")
        {
            Description = "the agent's health address",
            HelpName = "IP:PORT",
            DefaultValueFactory = _ => "127.0.0.1:9869",
        };
        var command = new Command("status", "Is this node's networking well? Run it in the node's network namespace")
        {
            options.Output, agent,
        };
        command.SetAction(result =>
        {
            IPEndPoint health = IPEndPoint.TryParse(result.GetValue(agent)!, out IPEndPoint? parsed)
                ? parsed
                : throw new CtlException($"--agent {result.GetValue(agent)}: not an address and port such as 127.0.0.1:9869");
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
