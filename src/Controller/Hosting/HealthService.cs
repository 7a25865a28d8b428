using Microsoft.Extensions.Hosting;

namespace Netweir.Controller;

/// <summary>Serves health and metrics. Listens from its construction on.</summary>
internal sealed class HealthService(HttpServer server) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => server.RunAsync(stoppingToken);
}
