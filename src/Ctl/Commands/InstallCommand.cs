using System.CommandLine;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary><c>ctl install</c></summary>
internal static class InstallCommand
{
    private static readonly Option<string?> s_image = new("--image") { Description = "another image than netweir:VERSION", HelpName = "IMAGE" };

    private static readonly Option<string[]> s_arguments = new("--set-arg")
    {
        Description = "an option of the agent, such as routing=vxlan; may be repeated",
        HelpName = "NAME=VALUE",
    };

    private static readonly Option<bool> s_takeOver = new("--take-over")
    {
        Description = "other network plugins or kube-proxy were on the nodes: each is cleaned of what they left before its agent starts",
    };

    private static readonly Option<bool> s_force = new("--force") { Description = "install beside other network plugins or kube-proxy" };

    private static readonly Option<bool> s_dryRun = new("--dry-run") { Description = "print the manifest, change nothing" };

    private static readonly Option<bool> s_wait = new("--wait")
    {
        Description = "false: end after the manifest is applied",
        DefaultValueFactory = _ => true,
    };

    private static readonly Option<TimeSpan> s_timeout = ClusterTime.Option("--timeout", "how long to wait for the nodes", TimeSpan.FromMinutes(5));

    public static Command Create(GlobalOptions options, TextWriter output)
    {
        var cluster = new ClusterOptions();
        var command = new Command("install", "Installs Netweir on every node of a cluster, or upgrades it; waits until the nodes are ready")
        {
            options.Output, s_image, s_arguments, s_takeOver, s_force, s_dryRun, s_wait, s_timeout,
        };
        foreach (Option option in cluster.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (result, token) =>
        {
            IReadOnlyList<KubeDocument> manifest = Manifest(result);
            if (result.GetValue(s_dryRun))
            {
                output.Write(ManifestEdits.ToYaml(manifest));
                return ExitCode.Ok;
            }

            using RawClient client = cluster.Connect(result);
            var install = new ClusterInstall(client, output, new Progress(result.InvocationConfiguration.Error, TimeProvider.System))
            {
                Format = result.GetValue(options.Output),
                Force = result.GetValue(s_force),
                Wait = result.GetValue(s_wait) ? result.GetValue(s_timeout) : null,
            };
            return await install.RunAsync(manifest, token).ConfigureAwait(false);
        });
        return command;
    }

    private static IReadOnlyList<KubeDocument> Manifest(ParseResult result)
    {
        IReadOnlyList<KubeDocument> manifest = EmbeddedManifest.Netweir();
        if (result.GetValue(s_image) is { Length: > 0 } image)
        {
            ManifestEdits.SetImage(manifest, image);
        }

        if (result.GetValue(s_takeOver))
        {
            ManifestEdits.SetOption(manifest, "prepare-node", "--take-over", "true");
        }

        ManifestEdits.AppendAgentArguments(manifest, result.GetValue(s_arguments) ?? []);
        return manifest;
    }
}
