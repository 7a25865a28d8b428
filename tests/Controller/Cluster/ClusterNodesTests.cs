namespace Netweir.Controller.Tests;

public sealed class ClusterNodesTests
{
    [Fact]
    public void Own_node_is_told_from_its_peers()
    {
        var nodes = ClusterNodes.Compute([Make.Node("b", "10.0.0.2"), Make.Node("a", "10.0.0.1"), Make.Node("c", "10.0.0.3")], "b");

        Assert.Equal("b", nodes.Own?.Name);
        Assert.Equal(["a", "c"], nodes.Peers.Select(p => p.Name));
        Assert.Empty(nodes.Problems);
    }

    [Theory]
    [InlineData("10.244.1.0/24", "10.244.1.0/24")]
    [InlineData("10.244.0.0/16", "10.244.1.0/24")]
    [InlineData("10.244.1.0/24", "10.244.0.0/16")]
    [InlineData("fd00:1::/64", "fd00:1::/56")]
    public void Of_overlapping_pod_cidrs_the_older_node_keeps_its(string older, string younger)
    {
        var nodes = ClusterNodes.Compute([Make.Node("young", younger, "10.9.0.0/24"), Make.Node("old", older).Aged(1)], "young");

        Assert.Equal(older, Assert.Single(nodes.Peers.Single().PodCidrs).ToString());
        Assert.Equal("10.9.0.0/24", Assert.Single(nodes.Own!.PodCidrs).ToString());
        Assert.Contains($"node young: pod CIDR {younger} overlaps one of node old", Assert.Single(nodes.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_of_the_same_age_are_ordered_by_name()
    {
        var nodes = ClusterNodes.Compute([Make.Node("b", "10.1.0.0/24"), Make.Node("a", "10.1.0.0/24")], "x");

        Assert.Single(nodes.Peers.Single(p => p.Name == "a").PodCidrs);
        Assert.Empty(nodes.Peers.Single(p => p.Name == "b").PodCidrs);
    }

    [Fact]
    public void A_node_without_the_older_node_gets_its_cidr_back()
    {
        var young = Make.Node("young", "10.1.0.0/24");

        Assert.Empty(ClusterNodes.Compute([young, Make.Node("old", "10.1.0.0/24").Aged(1)], "young").Own!.PodCidrs);
        Assert.Single(ClusterNodes.Compute([young], "young").Own!.PodCidrs);
    }

    [Fact]
    public void Five_thousand_nodes_are_checked_quickly()
    {
        var nodes = Enumerable.Range(0, 5000).Select(i => Make.Node($"n{i}", $"10.{i / 256}.{i % 256}.0/24", $"fd00:{i:x}::/64")).ToList();
        var started = System.Diagnostics.Stopwatch.StartNew();

        Assert.Empty(ClusterNodes.Compute(nodes, "n0").Problems);
        Assert.True(started.Elapsed < TimeSpan.FromSeconds(2), $"took {started.Elapsed}");
    }
}
