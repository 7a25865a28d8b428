using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Netweir.Controller;

/// <summary>
/// Serves pages at an address that something else may still have, such as the kube-proxy that is being replaced: then it is tried again until it
/// is free, while everything else goes on. <paramref name="flag"/> is the option that chooses the address.
/// </summary>
internal sealed class PortService(
    string flag, IPEndPoint address, IReadOnlyDictionary<string, Func<HttpReply>> pages, NodeEvents events, StageRunner stages, ILogger logger)
    : BackgroundService
{
    public const string Taken = "PortTaken";
    public const string Served = "PortServed";
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts services one after the other: do not hold up the next one.
        await Task.Yield();
        using var server = await ListenAsync(stoppingToken).ConfigureAwait(false);
        HostingLog.Serving(logger, flag, server.Address);
        await server.RunAsync(stoppingToken).ConfigureAwait(false);
    }

    private async Task<HttpServer> ListenAsync(CancellationToken cancellationToken)
    {
        string? known = null;
        while (true)
        {
            try
            {
                var server = new HttpServer(address, pages, e => HostingLog.HttpFailed(logger, e));
                if (known is not null)
                {
                    stages.Note(flag, []);
                    events.Normal(Served, "Listen", $"{address} is served");
                }
                return server;
            }
            catch (SocketException e)
            {
                var cause = $"{flag}: cannot listen on {address}: {e.Message}; if a kube-proxy still runs, remove it; it is tried again every "
                    + $"{RetryEvery.TotalSeconds:0} s";
                if (known != cause)
                {
                    known = cause;
                    stages.Note(flag, [cause]);
                    events.Warning(Taken, "Listen", cause);
                }
            }
            await Task.Delay(RetryEvery, cancellationToken).ConfigureAwait(false);
        }
    }
}
