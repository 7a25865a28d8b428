using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Netweir.Controller.Services;

namespace Netweir.Controller;

/// <summary>Answers on one Service's <c>healthCheckNodePort</c>, on every path, as upstream does (pkg/proxy/healthcheck/service_health.go).</summary>
internal sealed class HealthCheckServer : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ProxyHealth _health;
    private readonly HttpServer _server;
    private volatile HealthCheckNodePort _check;

    /// <summary>Listens and serves at once. Throws <see cref="SocketException"/> when the port is taken.</summary>
    public HealthCheckServer(HealthCheckNodePort check, ProxyHealth health, Action<Exception> onError)
    {
        (_check, _health) = (check, health);
        try
        {
            _server = new HttpServer(new IPEndPoint(IPAddress.Any, check.Port), _ => Answer(_check, _health.Healthy), onError);
        }
        catch
        {
            _stop.Dispose();
            throw;
        }
        _ = ServeAsync(_server, _stop.Token);
    }

    /// <summary>What is answered from now on; the port stays.</summary>
    public HealthCheckNodePort Check
    {
        get => _check;
        set => _check = value;
    }

    /// <summary>200 when the load balancer may send here.</summary>
    internal static HttpReply Answer(HealthCheckNodePort check, bool healthy)
    {
        var body = string.Create(CultureInfo.InvariantCulture,
            $$"""
            {
            	"service": {
            		"namespace": "{{check.Service.Namespace}}",
            		"name": "{{check.Service.Name}}"
            	},
            	"localEndpoints": {{check.LocalEndpoints}},
            	"serviceProxyHealthy": {{(healthy ? "true" : "false")}}
            }
            """);
        return HttpReply.Json(check.LocalEndpoints > 0 && healthy ? 200 : 503, body) with
        {
            Header = ("X-Load-Balancing-Endpoint-Weight", check.LocalEndpoints.ToString(CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>The port is free when this returns.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _server.Dispose();
        _stop.Dispose();
    }

    private static async Task ServeAsync(HttpServer server, CancellationToken token)
    {
        try
        {
            await server.RunAsync(token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
