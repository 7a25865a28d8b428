using System.Diagnostics.Metrics;

namespace Netweir.Kube;

/// <summary>Counters of the meter <c>Netweir.Kube</c>, labelled by <c>resource</c> and, for errors, <c>reason</c>.</summary>
public sealed class KubeMetrics : IDisposable
{
    public const string MeterName = "Netweir.Kube";

    private readonly Meter _meter;
    private readonly Counter<long> _relists;
    private readonly Counter<long> _watchRestarts;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _malformed;

    public KubeMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(new MeterOptions(MeterName)) ?? new Meter(MeterName);
        _relists = _meter.CreateCounter<long>("netweir_kube_relists", description: "Complete lists, the first included.");
        _watchRestarts = _meter.CreateCounter<long>("netweir_kube_watch_restarts", description: "Watches begun after an earlier one ended.");
        _errors = _meter.CreateCounter<long>("netweir_kube_errors", description: "Failed requests and watches, by reason.");
        _malformed = _meter.CreateCounter<long>("netweir_kube_malformed_objects", description: "Objects skipped because they cannot be read.");
    }

    public void Relisted(string resource) => _relists.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public void WatchRestarted(string resource) => _watchRestarts.Add(1, new KeyValuePair<string, object?>("resource", resource));

    public void Failed(string resource, KubeErrorReason reason) => _errors.Add(
        1, new KeyValuePair<string, object?>("resource", resource), new KeyValuePair<string, object?>("reason", ReasonName(reason)));

    public void Malformed(string resource) => _malformed.Add(1, new KeyValuePair<string, object?>("resource", resource));

    /// <summary>Tells this instance from another in the same process.</summary>
    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, _meter);

    public void Dispose() => _meter.Dispose();

    internal static string ReasonName(KubeErrorReason reason) => reason.ToString();
}
