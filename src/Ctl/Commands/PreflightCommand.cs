using System.CommandLine;
using System.Net;
using Netweir.Maps;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary><c>ctl preflight</c></summary>
internal static class PreflightCommand
{
    public static Command Create(GlobalOptions options, TextWriter output)
    {
        Option<string> host = NodeOptions.HostRoot(), configurations = NodeOptions.CniConfDir(), plugins = NodeOptions.CniBinDir();
        var vxlan = new Option<ushort>("--vxlan-port") { Description = "the agent's, if it has another", HelpName = "PORT", DefaultValueFactory = _ => PreflightPlaces.UsualVxlanPort };
        var ranges = new Option<string[]>("--range") { Description = "a pod or service range of the cluster; again for others", HelpName = "CIDR", DefaultValueFactory = _ => [] };
        var command = new Command(
            "preflight", "Would Netweir work on this node, and what is in its way? Changes nothing. Exit codes: 0 yes, 1 no, 2 cannot tell")
        {
            options.Output, host, configurations, plugins, vxlan, ranges,
        };
        command.SetAction(result =>
        {
            var root = new HostRoot(result.GetValue(host)!);
            var places = new PreflightPlaces
            {
                Paths = options.Paths(result).On(root),
                Host = root,
                CniConfDir = result.GetValue(configurations)!,
                CniBinDir = result.GetValue(plugins)!,
                VxlanPort = result.GetValue(vxlan),
                Ranges = [.. result.GetValue(ranges)!.Select(Range)],
            };
            PreflightReport report = PreflightReport.Read(places);
            output.Write(PreflightText.Write(report, result.GetValue(options.Output)));
            return report.ExitCode;
        });
        return command;
    }

    private static IPNetwork Range(string text) =>
        IPNetwork.TryParse(text, out IPNetwork range) ? range : throw new CtlException($"--range {text}: not a CIDR such as 10.96.0.0/16 (the bits after the prefix must be zero)");
}
