using System.CommandLine;
using System.CommandLine.Parsing;
using Netweir.Kube;
using Netweir.Loader;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>The command line.</summary>
internal static class CtlCommand
{
    private const string Description = """
        Shows what Netweir has in this node's kernel; reads pinned maps and files only: works while the agent is down.
        Installs Netweir on a cluster, removes it, and tests a cluster's network; for that it asks the Kubernetes API.
        Exit codes: 0 fine, 1 degraded, 2 cannot tell.
        """;

    /// <summary>After Ctrl-C or SIGTERM.</summary>
    private static readonly TimeSpan s_longestCleanUp = TimeSpan.FromSeconds(20);

    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var options = new GlobalOptions();
        var root = new RootCommand(Description)
        {
            MapsCommand.Create(options, output),
            StatusCommand.Create(options, output),
            PreflightCommand.Create(options, output),
            InstallCommand.Create(options, output),
            UninstallCommand.Create(options, output),
            ConnectivityCommand.Create(options, output),
            PrepareNodeCommand.Create(options, output),
            TakeOverCommand.Create(options, output),
            BugtoolCommand.Create(options, output, error),
        };
        foreach (Option option in options.Recursive)
        {
            root.Options.Add(option);
        }

        HelpExamples.AddTo(root);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError problem in parsed.Errors)
            {
                error.WriteLine($"error: {problem.Message}");
            }

            error.WriteLine("See 'ctl --help'.");
            return ExitCode.CannotTell;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = s_longestCleanUp,
            });
        }
        catch (Exception e) when (e is CtlException or KubeException or KubeConfigException or BpfException or NetlinkException or IOException
            or UnauthorizedAccessException or InvalidDataException or UninstallRefusedException or TimeoutException)
        {
            error.WriteLine($"error: {e.Message}");
            return ExitCode.CannotTell;
        }
    }
}
