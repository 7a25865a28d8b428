using System.CommandLine;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Options of <c>ctl uninstall --cluster</c>.</summary>
internal sealed class ClusterUninstallOptions
{
    private readonly ClusterOptions _api = new();

    private readonly Option<string?> _image = new("--image")
    {
        Description = "with --cluster: the image to run on the nodes; else the one that is installed",
        HelpName = "IMAGE",
    };

    private readonly Option<TimeSpan> _timeout = ClusterTime.Option("--timeout", "with --cluster: how long to wait for the nodes", TimeSpan.FromMinutes(5));

    public Option<bool> Cluster { get; } = new("--cluster") { Description = "remove Netweir from all nodes of the cluster, by its API" };

    public Option<bool> Wait { get; } = new("--wait")
    {
        Description = "do nothing until stopped: keeps the pods of deploy/uninstall.yaml there when their node is clean",
        Hidden = true,
    };

    public IEnumerable<Option> All => [Cluster, _image, Wait, _timeout, .. _api.All];

    /// <exception cref="CtlException">It is refused, and why.</exception>
    public async Task<int> RunAsync(ParseResult result, GlobalOptions options, bool force, bool dryRun, TextWriter output, CancellationToken cancellationToken)
    {
        if (dryRun)
        {
            throw new CtlException("--dry-run tells what would be done on one node: leave out --cluster, and run it there");
        }

        using RawClient client = _api.Connect(result);
        var uninstall = new ClusterUninstall(client, output, new Progress(result.InvocationConfiguration.Error, TimeProvider.System))
        {
            Format = result.GetValue(options.Output),
            Force = force,
            Image = result.GetValue(_image),
            Limit = result.GetValue(_timeout),
        };
        return await uninstall.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
