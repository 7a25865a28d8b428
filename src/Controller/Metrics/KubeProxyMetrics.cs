using System.Diagnostics.Metrics;
using System.Globalization;
using Netweir.Controller.Services;

namespace Netweir.Controller;

/// <summary>
/// What dashboards and alerts for kube-proxy read, under its names (upstream: pkg/proxy/metrics). Both families are programmed in one turn, so there
/// is no label <c>ip_family</c>. <c>kubeproxy_network_programming_duration_seconds</c> is with <see cref="ServicesMetrics"/>.
/// </summary>
internal sealed class KubeProxyMetrics : IDisposable
{
    public const string MeterName = "Netweir.KubeProxy";

    private readonly Meter _meter;
    private readonly Histogram<double> _syncs;
    private readonly Counter<long> _healthz;
    private readonly Counter<long> _livez;
    private volatile NoLocalEndpoints _noLocal = new(0, 0);

    public KubeProxyMetrics(IMeterFactory factory, ProxyHealth health, ChangeCounts services, ChangeCounts endpoints)
    {
        _meter = factory.Create(new MeterOptions(MeterName));
        _syncs = _meter.CreateHistogram(
            "kubeproxy_sync_proxy_rules_duration_seconds", "s", "One turn from taking the changes to the last write.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [.. Enumerable.Range(0, 15).Select(i => 0.001 * (1 << i))] });
        _meter.CreateObservableGauge(
            "kubeproxy_sync_proxy_rules_last_timestamp_seconds", () => Unix(health.LastUpdated), description: "When the last turn ended that failed in nothing.");
        _meter.CreateObservableGauge(
            "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds", () => Unix(health.LastQueued), description: "When the API last said something new.");
        Changes("service", "Services", services);
        Changes("endpoint", "EndpointSlices", endpoints);
        _meter.CreateObservableGauge(
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total", NoLocal,
            description: "Service ports whose traffic policy is Local and whose endpoints are all on other nodes.");
        _healthz = _meter.CreateCounter<long>("kubeproxy_proxy_healthz_total", description: "Answers of /healthz by status.");
        _livez = _meter.CreateCounter<long>("kubeproxy_proxy_livez_total", description: "Answers of /livez by status.");
    }

    public void SyncTook(TimeSpan duration) => _syncs.Record(duration.TotalSeconds);

    public void Set(NoLocalEndpoints noLocal) => _noLocal = noLocal;

    public void Healthz(int status) => _healthz.Add(1, Code(status));

    public void Livez(int status) => _livez.Add(1, Code(status));

    public void Dispose() => _meter.Dispose();

    private void Changes(string name, string what, ChangeCounts counts)
    {
        _meter.CreateObservableCounter($"kubeproxy_sync_proxy_rules_{name}_changes_total", () => counts.Total, description: $"Changes of {what}.");
        _meter.CreateObservableGauge(
            $"kubeproxy_sync_proxy_rules_{name}_changes_pending", () => counts.Pending,
            description: $"Services that no turn has taken up yet since their {(name == "service" ? "own object" : what)} changed.");
    }

    private Measurement<long>[] NoLocal() => [Policy(_noLocal.Internal, "internal"), Policy(_noLocal.External, "external")];

    private static Measurement<long> Policy(int ports, string policy) => new(ports, new KeyValuePair<string, object?>("traffic_policy", policy));

    private static Measurement<double>[] Unix(DateTimeOffset? time) =>
        time is { } known ? [new Measurement<double>((known - DateTimeOffset.UnixEpoch).TotalSeconds)] : [];

    private static KeyValuePair<string, object?> Code(int status) => new("code", status.ToString(CultureInfo.InvariantCulture));
}
