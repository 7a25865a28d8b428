namespace Netweir.Bench.Tests;

public class BenchOptionsTests
{
    [Fact]
    public void Short_is_shorter_unless_told_otherwise()
    {
        Assert.True(BenchOptions.Parse(["--short"]).Rounds < BenchOptions.Parse([]).Rounds);
        Assert.Equal(9, BenchOptions.Parse(["--short", "--rounds", "9"]).Rounds);
    }

    [Fact]
    public void The_chart_goes_beside_the_results()
    {
        Assert.Equal("/tmp/x.svg", BenchOptions.Parse(["--json", "/tmp/x.json"]).ChartFile);
        Assert.Equal("/tmp/old.svg", BenchOptions.Parse(["--from", "/tmp/old.json"]).ChartFile);
        Assert.Equal("/tmp/c.svg", BenchOptions.Parse(["--chart-only", "/tmp/old.json", "--chart", "/tmp/c.svg"]).ChartFile);
    }

    [Theory]
    [InlineData("--rounds", "0")]
    [InlineData("--ms", "1x")]
    [InlineData("--only")]
    [InlineData("--no-such")]
    public void What_is_wrong_is_named(params string[] arguments) =>
        Assert.Contains(arguments[0], Assert.Throws<ArgumentException>(() => BenchOptions.Parse(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public void Scenarios_are_selected_by_name_and_the_bare_ones_always_stand() =>
        Assert.Equal(["bare", "netweir-vxlan"], ScenarioList.Of(BenchOptions.Parse(["--only", "vxlan"])).Select(s => s.Name));

    [Fact]
    public void Every_option_is_in_the_help() =>
        Assert.All(
            (string[])["--rounds", "--ms", "--short", "--only", "--list", "--cpu", "--object", "--kube-proxy", "--lock", "--gate", "--json", "--chart", "--markdown", "--docs", "--from", "--clean"],
            name => Assert.Contains(name + " ", BenchOptions.Help, StringComparison.Ordinal));
}
