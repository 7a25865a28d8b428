using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>One <see cref="HealthCheckServer"/> per Service that wants one. A port that is taken is tried again every few seconds. Thread-safe.</summary>
internal sealed class HealthCheckServers(ProxyHealth health, ServiceEvents events, StageRunner stages, ILogger logger) : BackgroundService
{
    /// <summary>Upstream's, so that who looks for it finds it.</summary>
    public const string Taken = "FailedToStartServiceHealthcheck";
    public const string Served = "StartedServiceHealthcheck";
    private const string Listen = "Listen";
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, HealthCheckServer> _open = [];
    private readonly Dictionary<ObjectKey, string> _failed = [];
    private IReadOnlyCollection<HealthCheckNodePort> _wanted = [];
    private bool _closed;

    /// <summary>Opens, closes and updates until exactly these are served; <paramref name="wanted"/> is not changed any more. Throws nothing.</summary>
    public void Apply(IReadOnlyCollection<HealthCheckNodePort> wanted)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_wanted, wanted))
            {
                _wanted = wanted;
                Converge();
            }
        }
    }

    /// <summary>Tries those again whose port was taken.</summary>
    internal void Retry()
    {
        lock (_lock)
        {
            if (_failed.Count > 0)
            {
                Converge();
            }
        }
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var server in _open.Values)
            {
                server.Dispose();
            }
            _open.Clear();
        }
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RetryEvery);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            Retry();
        }
    }

    private void Converge()
    {
        if (_closed)
        {
            return;
        }
        var wanted = _wanted.ToDictionary(c => c.Service);
        // Closing first: a port may go from one Service to another.
        foreach (var (service, server) in _open.Where(o => wanted.GetValueOrDefault(o.Key)?.Port != o.Value.Check.Port).ToArray())
        {
            server.Dispose();
            _open.Remove(service);
        }
        foreach (var service in _failed.Keys.Where(s => !wanted.ContainsKey(s)).ToArray())
        {
            _failed.Remove(service);
        }
        foreach (var check in _wanted)
        {
            Serve(check);
        }
        stages.Note("health check ports", [.. _failed.Values.Order(StringComparer.Ordinal)]);
    }

    private void Serve(HealthCheckNodePort check)
    {
        if (_open.TryGetValue(check.Service, out var server))
        {
            server.Check = check;
            return;
        }
        try
        {
            _open.Add(check.Service, new HealthCheckServer(check, health, e => HostingLog.HttpFailed(logger, e)));
        }
        catch (SocketException e)
        {
            var cause = $"health check port {check.Port} of service {check.Service} cannot be served: {e.Message}; stop what listens there "
                + $"(ss -ltnp 'sport = :{check.Port}' names it), it is tried again every {RetryEvery.TotalSeconds:0} s";
            if (_failed.GetValueOrDefault(check.Service) != cause)
            {
                _failed[check.Service] = cause;
                events.Warning(check.Service, Taken, Listen, cause);
            }
            return;
        }
        if (_failed.Remove(check.Service))
        {
            events.Normal(check.Service, Served, Listen, $"health check port {check.Port} is served");
        }
    }
}
