using Netweir.Bench.Results;

namespace Netweir.Bench.Tests;

public class StatisticsTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 9.0, 1, 2 }, 2)]
    [InlineData(new[] { 4.0, 1, 3, 2 }, 2.5)]
    public void Median_is_the_middle_or_between_the_two_in_the_middle(double[] values, double expected) =>
        Assert.Equal(expected, Statistics.Median(values));

    [Fact]
    public void Median_of_nothing_is_refused() => Assert.Throws<ArgumentException>(() => Statistics.Median([]));
}
