using Netweir.Bench.Results;

namespace Netweir.Bench.Tests;

public class RatioTests
{
    [Fact]
    public void Ratio_is_taken_inside_each_round()
    {
        // The machine is half as fast in the second round: of both.
        Sample[] samples = [.. Runs.Rounds(Metric.Rr, "a", 90, 44, 96), .. Runs.Rounds(Metric.Rr, "b", 100, 50, 100)];
        Assert.Equal(new Ratio(0.88, 0.90, 0.96), Ratio.Of(samples, Metric.Rr, "a", "b"));
    }

    [Fact]
    public void Several_samples_of_a_round_count_with_their_median()
    {
        Sample[] samples = [new(1, Metric.Crr, "a", 10), new(1, Metric.Crr, "a", 1000), new(1, Metric.Crr, "a", 20), new(1, Metric.Crr, "b", 40)];
        Assert.Equal(new Ratio(0.5, 0.5, 0.5), Ratio.Of(samples, Metric.Crr, "a", "b"));
    }

    [Fact]
    public void Rounds_and_metrics_that_lack_one_of_both_do_not_count()
    {
        Sample[] samples = [new(1, Metric.Rr, "a", 10), new(2, Metric.Rr, "a", 10), new(2, Metric.Rr, "b", 20), new(1, Metric.Stream, "b", 1)];
        Assert.Equal(new Ratio(0.5, 0.5, 0.5), Ratio.Of(samples, Metric.Rr, "a", "b"));
        Assert.Null(Ratio.Of(samples, Metric.Stream, "a", "b"));
    }
}
