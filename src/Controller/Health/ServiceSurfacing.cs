using Netweir.Controller.Services;

namespace Netweir.Controller;

/// <summary>Tells load balancers, people and dashboards what the services' loop did. Called by that loop alone.</summary>
internal sealed class ServiceSurfacing(ProxyHealth health, HealthCheckServers checks, ServiceEvents events, KubeProxyMetrics metrics, TimeProvider time)
{
    private long _started;

    public void Follow(ServicesReconciler reconciler)
    {
        reconciler.Refused += events.Refused;
        reconciler.Recovered += events.Recovered;
    }

    public void Started()
    {
        health.Started();
        _started = time.GetTimestamp();
    }

    /// <summary>After a turn that came to its end.</summary>
    public void Updated(ServicesReconciler reconciler)
    {
        metrics.SyncTook(time.GetElapsedTime(_started));
        metrics.Set(reconciler.NoLocal);
        health.Updated();
        checks.Apply(reconciler.HealthChecks);
    }
}
