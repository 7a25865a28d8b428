using System.Diagnostics.Metrics;

namespace Netweir.Controller.Tests;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly string _name = "test." + Guid.NewGuid().ToString("N");
    private readonly Meter _meter;
    private readonly PrometheusExporter _exporter;

    public PrometheusExporterTests()
    {
        _meter = new Meter(_name);
        _exporter = new PrometheusExporter(_name);
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_per_label_set()
    {
        var counter = _meter.CreateCounter<long>("a.changes", description: "Changes.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "route"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "route"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", "link"));

        Assert.Equal(
            "# HELP a_changes_total Changes.\n# TYPE a_changes_total counter\na_changes_total{kind=\"link\"} 1\na_changes_total{kind=\"route\"} 5\n",
            _exporter.Render());
    }

    /// <summary>As a loop does that counts within its lock what a gauge reads under the same one.</summary>
    [Fact]
    public async Task A_scrape_waits_for_nobody_who_waits_to_count()
    {
        var counter = _meter.CreateCounter<long>("changes");
        using var mine = new SemaphoreSlim(0);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _meter.CreateObservableGauge("gauge", () =>
        {
            reading.TrySetResult();
            mine.Wait();
            return 1;
        });
        var page = Task.Run(_exporter.Render);
        await reading.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await Task.Run(() => counter.Add(1)).WaitAsync(TimeSpan.FromSeconds(10));
        mine.Release();

        Assert.Contains("gauge 1", await page.WaitAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_and_help_are_escaped()
    {
        var counter = _meter.CreateCounter<int>("c", description: "back\\slash\nline \"quoted\"");
        counter.Add(1, new KeyValuePair<string, object?>("b", "q\"b\\n\n"), new KeyValuePair<string, object?>("a", 7));

        Assert.Equal(
            "# HELP c_total back\\\\slash\\nline \"quoted\"\n# TYPE c_total counter\nc_total{a=\"7\",b=\"q\\\"b\\\\n\\n\"} 1\n",
            _exporter.Render());
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var histogram = _meter.CreateHistogram("took", "s", "Time.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(3);

        Assert.Equal(
            """
            # HELP took_seconds Time.
            # TYPE took_seconds histogram
            took_seconds_bucket{le="0.1"} 1
            took_seconds_bucket{le="1"} 2
            took_seconds_bucket{le="+Inf"} 3
            took_seconds_sum 3.6
            took_seconds_count 3

            """,
            _exporter.Render());
    }

    [Fact]
    public void Observable_instruments_are_read_at_each_scrape_and_vanished_series_go()
    {
        List<Measurement<long>> now = [new(5, new KeyValuePair<string, object?>("map", "a")), new(1, new KeyValuePair<string, object?>("map", "b"))];
        _meter.CreateObservableGauge("entries", () => now, description: "Entries.");
        Assert.Contains("entries{map=\"b\"} 1\n", _exporter.Render(), StringComparison.Ordinal);

        now = [new(6, new KeyValuePair<string, object?>("map", "a"))];

        Assert.Equal("# HELP entries Entries.\n# TYPE entries gauge\nentries{map=\"a\"} 6\n", _exporter.Render());
    }

    [Fact]
    public void An_observable_counter_is_a_total_already()
    {
        _meter.CreateObservableCounter("drops", () => 4L);
        _exporter.Render();

        Assert.Contains("drops_total 4\n", _exporter.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_up_down_counter_is_a_gauge_that_adds_up()
    {
        var open = _meter.CreateUpDownCounter<long>("open");
        open.Add(3);
        open.Add(-1);

        Assert.Contains("# TYPE open gauge\nopen 2\n", _exporter.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_have_their_suffix_keep_it()
    {
        _meter.CreateCounter<long>("x_total").Add(1);
        _meter.CreateHistogram<double>("y_seconds", "s").Record(1);

        var page = _exporter.Render();

        Assert.Contains("\nx_total 1\n", page, StringComparison.Ordinal);
        Assert.Contains("\ny_seconds_count 1\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_meters_are_left_out()
    {
        using var other = new Meter("other");
        other.CreateCounter<long>("z").Add(1);

        Assert.Equal("", _exporter.Render());
    }
}
