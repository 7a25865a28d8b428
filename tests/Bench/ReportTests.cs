using System.Xml.Linq;
using Netweir.Bench.Report;
using Netweir.Bench.Results;

namespace Netweir.Bench.Tests;

public class ReportTests
{
    private static readonly BenchRun Run = Runs.Of(
    [
        .. Runs.Rounds(Metric.Rr, "veth", 100, 100, 100),
        .. Runs.Rounds(Metric.Rr, "netweir-direct/local", 91, 94, 95),
        .. Runs.Rounds(Metric.Flood, "veth", 100, 100, 100),
        .. Runs.Rounds(Metric.Flood, "netweir-direct/local", 70, 71, 72),
    ]);

    private static IReadOnlyList<ComparisonResult> Results => [.. ComparisonList.All.Select(c => c.Of(Run)).Where(c => c.HasFigures)];

    [Fact]
    public void Comparisons_whose_paths_were_not_measured_are_left_out() =>
        Assert.Equal(["local pods"], Results.Select(r => r.Comparison.Label));

    [Fact]
    public void Comparisons_are_named_once() =>
        Assert.Equal(ComparisonList.All.Count, ComparisonList.All.Select(c => (c.Group, c.Label)).Distinct().Count());

    [Fact]
    public void Table_shows_median_and_extremes_and_how_they_stand_to_the_floor()
    {
        var line = Assert.Single(TextTable.Of(Run, Results).Split('\n'), l => l.StartsWith("local pods", StringComparison.Ordinal));
        Assert.Contains("0.94 [0.91 0.95] + 0.92", line, StringComparison.Ordinal);
        Assert.Contains("0.71 [0.70 0.72] ! 0.85", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_names_what_failed() =>
        Assert.Contains("FAILED: x", TextTable.Of(Run with { Failures = ["x"] }, Results), StringComparison.Ordinal);

    [Fact]
    public void Markdown_has_a_column_for_each_metric()
    {
        var row = Assert.Single(MarkdownTable.Of(Run, Results).Split('\n'), l => l.StartsWith("| local pods", StringComparison.Ordinal));
        Assert.Equal("| local pods | **0.94** 0.91–0.95 ✓ 0.92 |  | **0.71** 0.70–0.72 ✗ 0.85 |  |", row);
    }

    [Fact]
    public void Chart_has_a_bar_for_each_path_and_metric_that_was_measured()
    {
        XNamespace svg = "http://www.w3.org/2000/svg";
        var chart = XDocument.Parse(Chart.Of(Run)).Root!;
        XElement[] bars = [.. chart.Elements(svg + "rect").Skip(1)];
        string[] texts = [.. chart.Elements(svg + "text").Select(t => t.Value)];
        Assert.Equal(2, bars.Length);
        // In proportion: 0.94 to 0.71.
        Assert.Equal(0.94 / 0.71, (double)bars[0].Attribute("width")! / (double)bars[1].Attribute("width")!, 2);
        Assert.Contains("0.94", texts);
        Assert.Contains("label of netweir-direct/local", texts);
        Assert.Contains(texts, t => t.Contains("Some <CPU> & more", StringComparison.Ordinal));
    }

    [Fact]
    public void Results_are_read_as_they_were_written()
    {
        var file = Path.GetTempFileName();
        try
        {
            Run.Write(file);
            var read = BenchRun.Read(file);
            Assert.Equal(Run.Samples, read.Samples);
            Assert.Equal(Run.Paths, read.Paths);
            Assert.Equal(Chart.Of(Run), Chart.Of(read));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_file_that_is_no_result_is_refused_by_name()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "{}");
            Assert.Contains(file, Assert.Throws<InvalidDataException>(() => BenchRun.Read(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
