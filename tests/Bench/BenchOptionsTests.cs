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

    [Theory]
    [InlineData("vxlan", "netweir-vxlan")]
    [InlineData("nftables-1", "nftables-1")]
    [InlineData("nftables-1", "nftables-1k", false)]
    [InlineData("tables-1k", "iptables-1k")]
    public void Scenarios_are_selected_by_name_or_part_of_it_and_the_bare_ones_always_stand(string only, string scenario, bool expected = true)
    {
        string[] names = [.. ScenarioList.Of(BenchOptions.Parse(["--only", only])).Select(s => s.Name)];
        Assert.Equal("bare", names[0]);
        Assert.Equal(expected, names.Contains(scenario));
    }

    [Fact]
    public void Every_option_is_in_the_help() =>
        Assert.All(
            (string[])["--rounds", "--ms", "--short", "--only", "--list", "--cpu", "--object", "--kube-proxy", "--lock", "--gate", "--json", "--chart", "--markdown", "--docs", "--from", "--clean"],
            name => Assert.Contains(name + " ", BenchOptions.Help, StringComparison.Ordinal));
}
