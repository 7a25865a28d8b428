using System.CommandLine;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Options of every command that asks the Kubernetes API.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description = "which file says where the API is; else the one that KUBECONFIG names, ~/.kube/config or /etc/kubernetes/admin.conf",
        HelpName = "FILE",
    };

    private readonly Option<string?> _context = new("--context") { Description = "which context of it; else its current one", HelpName = "NAME" };

    private readonly Option<string?> _server = new("--server")
    {
        Description = "an API server that asks for no credentials, such as http://127.0.0.1:8001 of 'kubectl proxy', instead of a kubeconfig",
        HelpName = "URL",
    };

    public IEnumerable<Option> All => [_kubeconfig, _context, _server];

    /// <exception cref="CtlException">No kubeconfig was found.</exception>
    /// <exception cref="KubeConfigException">It cannot be used.</exception>
    public RawClient Connect(ParseResult result)
    {
        KubeConfig config = result.GetValue(_server) is { Length: > 0 } server
            ? new KubeConfig { Servers = [ServerAddress.Parse(server)] }
            : KubeConfig.FromFile(KubeConfigPlace.Find(result.GetValue(_kubeconfig), Environment.GetEnvironmentVariable, File.Exists), result.GetValue(_context));
        return new RawClient(config, new KubeClientOptions { UserAgent = "netweir-ctl" });
    }
}
