using System.Diagnostics.Metrics;

namespace Netweir.Controller.Services;

/// <summary>Instruments of meter <c>Netweir.Services</c>. The names are part of the product's interface.</summary>
internal static class ServicesMetrics
{
    public const string MeterName = "Netweir.Services";

    private static readonly Meter Meter = new(MeterName);

    /// <summary><c>netweir_services_sync_duration_seconds</c>: one pass from taking the changes to the last write.</summary>
    public static Histogram<double> SyncDuration { get; } = Meter.CreateHistogram<double>("netweir_services_sync_duration_seconds", "s");

    /// <summary>
    /// <c>netweir_services_network_programming_duration_seconds</c>: from the change that an EndpointSlice's annotation
    /// <c>endpoints.kubernetes.io/last-change-trigger-time</c> names to its last write; changes older than the agent's start are left out. As
    /// kube-proxy's <c>kubeproxy_network_programming_duration_seconds</c>.
    /// </summary>
    public static Histogram<double> NetworkProgrammingDuration { get; } =
        Meter.CreateHistogram<double>("netweir_services_network_programming_duration_seconds", "s");

    /// <summary>The same with kube-proxy's name and buckets.</summary>
    public static Histogram<double> KubeProxyNetworkProgrammingDuration { get; } = Meter.CreateHistogram(
        "kubeproxy_network_programming_duration_seconds", "s", "From an endpoint's change to its last write.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.25, 0.5, .. Steps(1, 1, 59), .. Steps(60, 5, 12), .. Steps(120, 30, 7)] });

    /// <summary><c>netweir_services_programmed</c>: Kubernetes Services that have entries.</summary>
    public static Gauge<int> Programmed { get; } = Meter.CreateGauge<int>("netweir_services_programmed");

    /// <summary><c>netweir_services_frontends</c>: entries of nw_frontends.</summary>
    public static Gauge<int> Frontends { get; } = Meter.CreateGauge<int>("netweir_services_frontends");

    /// <summary><c>netweir_services_backends</c>: used places of nw_backends.</summary>
    public static Gauge<int> Backends { get; } = Meter.CreateGauge<int>("netweir_services_backends");

    /// <summary><c>netweir_services_refused</c>: Kubernetes Services that are not programmed as the API has them.</summary>
    public static Gauge<int> Refused { get; } = Meter.CreateGauge<int>("netweir_services_refused");

    /// <summary><c>netweir_services_writes_total</c>: map entries written or deleted.</summary>
    public static Counter<long> Writes { get; } = Meter.CreateCounter<long>("netweir_services_writes_total");

    /// <summary><c>netweir_services_write_errors_total</c>: passes that a failed write ended.</summary>
    public static Counter<long> WriteErrors { get; } = Meter.CreateCounter<long>("netweir_services_write_errors_total");

    /// <summary><c>netweir_services_drift_total</c>: entries that another writer had changed.</summary>
    public static Counter<long> Drift { get; } = Meter.CreateCounter<long>("netweir_services_drift_total");

    /// <summary><c>netweir_services_ignored_slices_total</c>: EndpointSlices without label <c>kubernetes.io/service-name</c>.</summary>
    public static Counter<long> IgnoredSlices { get; } = Meter.CreateCounter<long>("netweir_services_ignored_slices_total");

    private static IEnumerable<double> Steps(int first, int step, int count) => Enumerable.Range(0, count).Select(i => (double)(first + (i * step)));
}
