using System.Diagnostics.Metrics;
using System.Text;

namespace Netweir.Controller;

/// <summary>One instrument's series, and how Prometheus calls it.</summary>
internal sealed class PrometheusFamily
{
    /// <summary>Seconds; for histograms whose instrument gives no advice.</summary>
    private static readonly double[] DefaultBounds = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    public PrometheusFamily(Instrument instrument)
    {
        Help = instrument.Description ?? "";
        IsObservable = instrument.IsObservable;
        var counts = instrument is Counter<long> or Counter<int> or Counter<double>;
        Type = counts || instrument is ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> ? "counter"
            : instrument is Histogram<double> or Histogram<long> or Histogram<int> ? "histogram"
            : "gauge";
        IsSum = counts || instrument is UpDownCounter<long> or UpDownCounter<int> or UpDownCounter<double>;
        Bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
        Name = NameOf(instrument, Type);
    }

    public string Name { get; }

    public string Help { get; }

    /// <summary>counter, gauge or histogram.</summary>
    public string Type { get; }

    /// <summary>Measurements are read when asked for, and are totals.</summary>
    public bool IsObservable { get; }

    /// <summary>Measurements are increments.</summary>
    public bool IsSum { get; }

    public IReadOnlyList<double> Bounds { get; }

    /// <summary>By rendered labels, sorted for stable pages.</summary>
    public SortedDictionary<string, PrometheusSeries> Series { get; } = new(StringComparer.Ordinal);

    public void Record(string labels, double measurement)
    {
        if (!Series.TryGetValue(labels, out var series))
        {
            Series.Add(labels, series = new PrometheusSeries { Buckets = Type == "histogram" ? new long[Bounds.Count + 1] : null });
        }
        if (series.Buckets is { } buckets)
        {
            var index = 0;
            while (index < Bounds.Count && measurement > Bounds[index])
            {
                index++;
            }
            buckets[index]++;
            series.Count++;
            series.Value += measurement;
        }
        else
        {
            series.Value = IsSum ? series.Value + measurement : measurement;
        }
    }

    /// <summary>Dots to underscores, the unit and <c>_total</c> appended unless the name has them.</summary>
    private static string NameOf(Instrument instrument, string type)
    {
        var name = new StringBuilder(instrument.Name.Length + 16);
        foreach (var c in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) || c == ':' ? c : '_');
        }
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var text = name.ToString();
        var suffix = type == "counter" ? "_total" : "";
        var stem = suffix.Length > 0 && text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;
        return (stem.EndsWith(unit, StringComparison.Ordinal) ? stem : stem + unit) + suffix;
    }
}
