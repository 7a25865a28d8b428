using Microsoft.Extensions.Hosting;

namespace Netweir.Controller;

/// <summary>Starts and stops the loops with the host. A loop that ends by itself stops the process.</summary>
internal sealed class LoopStarter(IReadOnlyList<BackgroundService> loops, IHostApplicationLifetime lifetime) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var loop in loops)
        {
            await loop.StartAsync(cancellationToken).ConfigureAwait(false);
            _ = loop.ExecuteTask?.ContinueWith(
                _ => lifetime.StopApplication(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(loops.Select(l => l.StopAsync(cancellationToken)));
}
