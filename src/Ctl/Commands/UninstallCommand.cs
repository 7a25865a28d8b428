using System.CommandLine;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary><c>ctl uninstall</c>: this node as it was before Netweir, or all nodes of a cluster.</summary>
internal static class UninstallCommand
{
    public static Command Create(GlobalOptions options, TextWriter output)
    {
        Option<string> conf = NodeOptions.CniConfDir(), plugins = NodeOptions.CniBinDir();
        Option<string> tools = NodeOptions.Directory("--bin-dir", "where ctl is", "/opt/netweir/bin");
        Option<string> host = NodeOptions.Directory("--host-root", "the node's root directory; all other paths are the node's own", "/");
        var force = new Option<bool>("--force") { Description = "also while pods are connected: they lose their network" };
        var dryRun = new Option<bool>("--dry-run") { Description = "say what would be done, change nothing" };
        var cluster = new ClusterUninstallOptions();
        var command = new Command("uninstall", "Undoes all that Netweir made and changed: on this node, without the API; with --cluster on all nodes, by the API")
        {
            conf, plugins, tools, host, force, dryRun, options.Output,
        };
        foreach (Option option in cluster.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (result, token) =>
        {
            if (result.GetValue(cluster.Wait))
            {
                await WaitAsync(token).ConfigureAwait(false);
                return ExitCode.Ok;
            }

            if (result.GetValue(cluster.Cluster))
            {
                return await cluster.RunAsync(result, options, result.GetValue(force), result.GetValue(dryRun), output, token).ConfigureAwait(false);
            }

            CtlPaths given = options.Paths(result);
            var paths = new UninstallPaths
            {
                BpfRoot = given.BpfRoot,
                StateDirectory = Trim(given.StateDirectory),
                RunDirectory = Trim(given.RunDirectory),
                CniConfDirectory = Trim(result.GetValue(conf)!),
                CniBinDirectory = Trim(result.GetValue(plugins)!),
                BinDirectory = Trim(result.GetValue(tools)!),
                HostRoot = Trim(result.GetValue(host)!),
            };
            return NodeUninstallRun.Run(new NodeUninstall(paths, result.GetValue(force)), result.GetValue(dryRun), result.GetValue(options.Output), output);
        });
        return command;
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // SIGTERM: that is what was waited for.
        }
    }

    private static string Trim(string directory) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
}
