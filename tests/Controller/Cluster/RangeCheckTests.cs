using System.Net;

namespace Netweir.Controller.Tests;

public sealed class RangeCheckTests
{
    private static readonly IReadOnlyList<IPNetwork> Attached = [IPNetwork.Parse("192.168.7.0/24"), IPNetwork.Parse("fd00:7::/64")];

    [Theory]
    [InlineData("10.96.0.0/16", true)]
    [InlineData("fd00:96::/112", true)]
    [InlineData("0.0.0.0/0", false)]
    [InlineData("::/0", false)]
    [InlineData("192.168.7.0/24", false)]
    [InlineData("192.168.0.0/16", false)]
    [InlineData("192.168.7.128/25", false)]
    [InlineData("fd00:7::/48", false)]
    [InlineData("127.0.0.0/8", false)]
    [InlineData("169.254.0.0/16", false)]
    [InlineData("fe80::/10", false)]
    public void Service_range_is_used_unless_it_would_cut_the_node_off(string range, bool used)
    {
        var problems = new List<string>();
        var kept = RangeCheck.Services([IPNetwork.Parse(range)], Attached, problems);
        Assert.Equal(used ? 1 : 0, kept.Count);
        Assert.Equal(used ? 0 : 1, problems.Count);
        Assert.All(problems, p => Assert.Contains(range, p, StringComparison.Ordinal));
    }

    [Fact]
    public void Pod_range_yields_to_services_and_to_the_nodes_own_network()
    {
        var problems = new List<string>();
        var node = Make.Node("other", "10.0.0.2", "10.244.1.0/24", "10.96.3.0/24", "192.168.7.0/24");
        var kept = RangeCheck.Pods(node, [IPNetwork.Parse("10.96.0.0/16")], Attached, problems);
        Assert.Equal([IPNetwork.Parse("10.244.1.0/24")], kept.PodCidrs);
        Assert.Equal(2, problems.Count);
    }
}
