using System.CommandLine;
using System.Globalization;
using System.Net;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary><c>ctl bugtool</c></summary>
internal static class BugtoolCommand
{
    public static Command Create(GlobalOptions options, TextWriter output, TextWriter error)
    {
        var file = new Option<string?>("--file", "-f") { Description = "the archive to write (default: netweir-bugtool-HOST-TIME.tar.gz here)", HelpName = "FILE" };
        Option<string> agent = NodeOptions.Agent(), host = NodeOptions.HostRoot(), configurations = NodeOptions.CniConfDir(), plugins = NodeOptions.CniBinDir();
        var command = new Command("bugtool", "Writes one .tar.gz with everything that a bug report needs, without secrets: state, maps, network, logs")
        {
            file, agent, host, configurations, plugins,
        };
        command.SetAction(result =>
        {
            var root = new HostRoot(result.GetValue(host)!);
            var node = new PreflightPlaces
            {
                Paths = options.Paths(result).On(root),
                Host = root,
                CniConfDir = result.GetValue(configurations)!,
                CniBinDir = result.GetValue(plugins)!,
                VxlanPort = PreflightPlaces.UsualVxlanPort,
            };
            var places = new BugPlaces(node, NodeOptions.ParseAgent(result.GetValue(agent)!));
            string name = string.Create(CultureInfo.InvariantCulture, $"netweir-bugtool-{Environment.MachineName}-{DateTime.UtcNow:yyyyMMdd-HHmmss}");
            string path = result.GetValue(file) ?? name + ".tar.gz";
            new BugArchive(name, error).Write(path, [.. new DatapathItems(places).All, .. NetworkItems.All, .. new NodeItems(places).All]);
            output.Write(path + "\n");
            return ExitCode.Ok;
        });
        return command;
    }
}
