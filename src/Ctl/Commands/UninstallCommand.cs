using System.CommandLine;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary><c>ctl uninstall</c></summary>
internal static class UninstallCommand
{
    private static readonly Option<bool> s_cluster = new("--cluster") { Description = "remove Netweir from all nodes of the cluster, by its API" };

    private static readonly Option<bool> s_force = new("--force") { Description = "also while pods use the pod network" };

    private static readonly Option<string?> s_image = new("--image")
    {
        Description = "with --cluster: the image to run on the nodes; else the one that is installed",
        HelpName = "IMAGE",
    };

    private static readonly Option<bool> s_wait = new("--wait")
    {
        Description = "do nothing until stopped: keeps the pods of deploy/uninstall.yaml there when their node is clean",
        Hidden = true,
    };

    private static readonly Option<TimeSpan> s_timeout = ClusterTime.Option("--timeout", "with --cluster: how long to wait for the nodes", TimeSpan.FromMinutes(5));

    public static Command Create(GlobalOptions options, TextWriter output)
    {
        var cluster = new ClusterOptions();
        var command = new Command("uninstall", "Removes Netweir from a cluster")
        {
            options.Output, s_cluster, s_force, s_image, s_wait, s_timeout,
        };
        foreach (Option option in cluster.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (result, token) =>
        {
            if (result.GetValue(s_wait))
            {
                await WaitAsync(token).ConfigureAwait(false);
                return ExitCode.Ok;
            }

            if (!result.GetValue(s_cluster))
            {
                throw new CtlException("say what is to be cleaned: --cluster is all nodes of a cluster");
            }

            using RawClient client = cluster.Connect(result);
            var uninstall = new ClusterUninstall(client, output, new Progress(result.InvocationConfiguration.Error, TimeProvider.System))
            {
                Format = result.GetValue(options.Output),
                Force = result.GetValue(s_force),
                Image = result.GetValue(s_image),
                Limit = result.GetValue(s_timeout),
            };
            return await uninstall.RunAsync(token).ConfigureAwait(false);
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
}
