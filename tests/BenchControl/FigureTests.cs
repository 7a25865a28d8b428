namespace Netweir.Bench.Tests;

public sealed class FigureTests
{
    [Theory]
    [InlineData(4, "goal")]
    [InlineData(5, "goal")]
    [InlineData(7, "floor")]
    [InlineData(10.5, "BELOW FLOOR")]
    public void A_time_is_held_against_floor_and_goal(double value, string mark) =>
        Assert.Equal(mark, new Figure("g", "n", value, "ms") { Floor = 10, Goal = 5 }.Mark);

    [Theory]
    [InlineData(0.9, "BELOW FLOOR")]
    [InlineData(1.2, "floor")]
    [InlineData(1.6, "goal")]
    public void Of_a_ratio_to_a_rival_more_is_better(double value, string mark) =>
        Assert.Equal(mark, new Figure("g", "n", value, "x") { Floor = 1, Goal = 1.5, Better = Direction.More }.Mark);

    [Fact]
    public void What_nothing_is_asked_of_has_no_mark() => Assert.Equal("", new Figure("g", "n", 1, "ms").Mark);

    [Fact]
    public void A_table_has_a_line_a_figure_and_one_a_group()
    {
        Figure[] figures = [new("one", "a", 0.0123, "x") { Floor = 0.1 }, new("one", "b", 123.4, "ms"), new("two", "c", 5.678, "MiB")];
        var lines = FigureText.Markdown(figures).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["| one | value | floor | goal | |", "|---|---|---|---|---|", "| a | 0.0123 x | 0.10 |  | floor |", "| b | 123 ms |  |  |  |"], lines[..4]);
        Assert.Equal("| c | 5.68 MiB |  |  |  |", lines[^1]);
    }

    [Fact]
    public void Percentiles_are_values_that_were_measured()
    {
        var all = new Distribution(Enumerable.Range(1, 200).Reverse().Select(i => (double)i));
        Assert.Equal((100, 198, 200, 200), (all.Median, all.P99, all.Max, all.Count));
        Assert.Equal(7, new Distribution([7]).P99);
    }

    [Fact]
    public void An_unknown_option_is_named()
    {
        Assert.Null(BenchOptions.Parse(["control", "--fast"], out var unknown));
        Assert.Equal("--fast", unknown);
        Assert.True(BenchOptions.Parse(["control", "--only=small,fleet"], out _)!.Wants("fleet"));
    }
}
