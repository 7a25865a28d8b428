using System.Diagnostics.Metrics;
using System.Text;

namespace Netweir.Controller;

/// <summary>Every instrument of the meters whose name starts with the prefix, as Prometheus text. Thread-safe.</summary>
internal sealed class PrometheusExporter : IDisposable
{
    /// <summary>The families. Whoever has it calls nobody: measurements come from threads that have locks of their own.</summary>
    private readonly Lock _lock = new();

    /// <summary>One page at a time. Whoever has it reads observable instruments, which may wait for those locks.</summary>
    private readonly Lock _page = new();
    private readonly Dictionary<Instrument, PrometheusFamily> _families = [];
    private readonly MeterListener _listener = new();

    public PrometheusExporter(string meterPrefix)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(meterPrefix, StringComparison.Ordinal))
            {
                lock (_lock)
                {
                    _families.TryAdd(instrument, new PrometheusFamily(instrument));
                }
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) => Forget(instrument);
        _listener.SetMeasurementEventCallback<byte>((i, m, tags, _) => Record(i, m, tags));
        _listener.SetMeasurementEventCallback<short>((i, m, tags, _) => Record(i, m, tags));
        _listener.SetMeasurementEventCallback<int>((i, m, tags, _) => Record(i, m, tags));
        _listener.SetMeasurementEventCallback<long>((i, m, tags, _) => Record(i, m, tags));
        _listener.SetMeasurementEventCallback<float>((i, m, tags, _) => Record(i, m, tags));
        _listener.SetMeasurementEventCallback<double>((i, m, tags, _) => Record(i, m, tags));
        _listener.SetMeasurementEventCallback<decimal>((i, m, tags, _) => Record(i, (double)m, tags));
        _listener.Start();
    }

    /// <summary>Reads the observable instruments and renders everything.</summary>
    public string Render()
    {
        lock (_page)
        {
            Clear();
            _listener.RecordObservableInstruments();
            return Text();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Clear()
    {
        lock (_lock)
        {
            foreach (var family in _families.Values.Where(f => f.IsObservable))
            {
                family.Series.Clear();
            }
        }
    }

    private string Text()
    {
        lock (_lock)
        {
            var text = new StringBuilder(16384);
            foreach (var family in _families.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
            {
                PrometheusText.Append(text, family);
            }
            return text.ToString();
        }
    }

    private void Record(Instrument instrument, double measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = PrometheusText.Labels(tags);
        lock (_lock)
        {
            if (_families.TryGetValue(instrument, out var family))
            {
                family.Record(labels, measurement);
            }
        }
    }

    private void Forget(Instrument instrument)
    {
        lock (_lock)
        {
            _families.Remove(instrument);
        }
    }
}
