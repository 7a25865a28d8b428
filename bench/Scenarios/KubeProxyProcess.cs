using System.Globalization;
using System.Net;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>A real kube-proxy on each node, as a process in the node's namespace.</summary>
internal sealed class KubeProxyProcess(TwoNodes nodes, string executable, string mode)
{
    private const string LastSync = "kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv4\"}";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(400);
    private static readonly IPEndPoint MetricsPage = new(IPAddress.Loopback, 10249);

    /// <summary>Returns when both have applied what the API holds: their first sync comes after every first list.</summary>
    public async Task StartAsync()
    {
        var started = new List<LabProcess>();
        foreach (var node in nodes.Lab.Nodes)
        {
            var configuration = Path.Combine(node.Directory, "kube-proxy.yaml");
            await File.WriteAllTextAsync(configuration, Configuration(node));
            started.Add(LabProcess.Start(nodes.Lab.Directory, node.Namespace, [executable, "--config", configuration], Path.Combine(node.Directory, "kube-proxy.log")));
        }

        for (var i = 0; i < started.Count; i++)
        {
            var (node, process) = (nodes.Lab.Nodes[i], started[i]);
            await Wait.UntilAsync($"{node.Name}: kube-proxy has applied its rules", Patience, () => HasSyncedAsync(node, process));
        }
    }

    private static async Task<bool> HasSyncedAsync(LabNode node, LabProcess process)
    {
        if (process.HasExited)
        {
            throw new LabException($"{node.Name}: kube-proxy ended with exit code {process.ExitCode}:\n{process.Tail()}");
        }

        var (_, body) = await node.HttpAsync(MetricsPage, "/metrics");
        var line = body.Split('\n').FirstOrDefault(l => l.StartsWith(LastSync, StringComparison.Ordinal));
        return line is not null && double.Parse(line[LastSync.Length..], CultureInfo.InvariantCulture) > 0;
    }

    private string Configuration(LabNode node) => $"""
        apiVersion: kubeproxy.config.k8s.io/v1alpha1
        kind: KubeProxyConfiguration
        mode: {mode}
        clusterCIDR: 10.244.0.0/16
        hostnameOverride: {node.Name}
        clientConnection:
          kubeconfig: {nodes.Lab.KubeConfig}
          contentType: application/json
        # The lab's API server has no lists that are streamed as watches.
        featureGates:
          WatchListClient: false
        # The namespace's own limits stay.
        conntrack:
          maxPerCore: 0
          min: 0

        """;
}
