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
            var config = options.Kubeconfig is { } file ? FromFile(file, servers) : InPod(servers, lastGood);
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

    /// <summary>Never KUBERNETES_SERVICE_HOST: that is a ClusterIP, which answers only while this agent has done its work.</summary>
    private static KubeConfig InPod(List<string> servers, ApiServerFile lastGood)
    {
        IReadOnlyList<string> known = servers.Count > 0 ? servers : lastGood.Read();
        return known.Count > 0 ? KubeConfig.InCluster(known)
            : throw new StartupException("no API server is known: give --api-server with its own address, or --kubeconfig the node's");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "API servers, in this order: {Servers}")]
    private static partial void LogServers(ILogger logger, IReadOnlyList<Uri> servers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "API: {Resource}: {Message}")]
    private static partial void LogIncident(ILogger logger, string resource, string message);
}
