using Netweir.Bench.Report;
using Netweir.Bench.Results;

namespace Netweir.Bench.Tests;

public class CellTests
{
    [Theory]
    [InlineData(Metric.Rr, 0.92, Verdict.Held)]
    [InlineData(Metric.Rr, 0.90, Verdict.Near)]
    [InlineData(Metric.Rr, 0.88, Verdict.Missed)]
    [InlineData(Metric.Stream, 0.88, Verdict.Near)]
    [InlineData(Metric.Stream, 0.85, Verdict.Missed)]
    public void Verdict_allows_for_what_runs_differ_by(Metric metric, double median, Verdict expected) =>
        Assert.Equal(expected, new Cell(metric, new Ratio(0, median, 2), 0.92).Verdict);

    [Fact]
    public void Verdict_needs_a_figure_and_a_floor()
    {
        Assert.Equal(Verdict.None, new Cell(Metric.Rr, null, 0.9).Verdict);
        Assert.Equal(Verdict.None, new Cell(Metric.Rr, new Ratio(1, 1, 1), null).Verdict);
    }
}
