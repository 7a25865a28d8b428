using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>Decides where the API is and as whom to speak to it.</summary>
internal static partial class ApiClientFactory
{
    /// <summary>The configured addresses first, then those of last time.</summary>
    /// <exception cref="StartupException">The configuration cannot be used.</exception>
    public static RawClient Create(AgentOptions options, ApiServerFile lastGood, KubeMetrics metrics, ILogger logger)
    {
        try
        {
            var servers = options.ApiServers.Select(u => u.AbsoluteUri).ToList();
            var config = options.Kubeconfig is { } file ? FromFile(file, servers) : InPod([.. servers, .. KubeletKubeconfig.Servers(options.KubeletKubeconfig), .. lastGood.Read()], logger);
            config = config.WithFallbackServers(lastGood.Read());
            LogServers(logger, config.Servers);
            return new RawClient(config, new KubeClientOptions
            {
                UserAgent = "netweir-agent",
                Metrics = metrics,
                OnIncident = incident => LogIncident(logger, incident.Resource, incident.Message),
            });
        }
        catch (KubeConfigException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    private static KubeConfig FromFile(string file, List<string> servers)
    {
        var config = KubeConfig.FromFile(file);
        return servers.Count > 0 ? config.WithServers(servers).WithFallbackServers(config.Servers.Select(s => s.AbsoluteUri)) : config;
    }

    /// <summary>
    /// The addresses given, the kubelet's, those of last time. KUBERNETES_SERVICE_HOST comes in only when nothing else is known: it is usually a
    /// ClusterIP, which answers only while this agent has done its work; but an administrator may have set it to the API server's own address.
    /// </summary>
    private static KubeConfig InPod(List<string> known, ILogger logger)
    {
        if (known.Count == 0)
        {
            LogOnlyService(logger, string.Join(", ", KubeletKubeconfig.UsualPlaces));
        }
        return KubeConfig.InCluster(known);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Only KUBERNETES_SERVICE_HOST tells where the API is (none of {Files} is here). If that is a ClusterIP, it does not answer before "
        + "this agent has made it: mount the kubelet's kubeconfig into the pod, or give --api-server the API server's own address")]
    private static partial void LogOnlyService(ILogger logger, string files);

    [LoggerMessage(Level = LogLevel.Information, Message = "API servers, in this order: {Servers}")]
    private static partial void LogServers(ILogger logger, IReadOnlyList<Uri> servers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "API: {Resource}: {Message}")]
    private static partial void LogIncident(ILogger logger, string resource, string message);
}
