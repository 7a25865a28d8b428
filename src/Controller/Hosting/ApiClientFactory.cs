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
            var config = options.Kubeconfig is { } file ? KubeConfig.FromFile(file) : KubeConfig.InCluster(servers);
            config = servers.Count > 0 ? config.WithServers(servers).WithFallbackServers(config.Servers.Select(s => s.AbsoluteUri)) : config;
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

    [LoggerMessage(Level = LogLevel.Information, Message = "API servers, in this order: {Servers}")]
    private static partial void LogServers(ILogger logger, IReadOnlyList<Uri> servers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "API: {Resource}: {Message}")]
    private static partial void LogIncident(ILogger logger, string resource, string message);
}
