using System.Text.RegularExpressions;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>What ctl tells of a cluster in its steady state.</summary>
public sealed partial class InspectionTests(SteadyLab lab) : IClassFixture<SteadyLab>
{
    [Fact]
    public void The_maps_of_a_steady_cluster_are_the_expected_ones()
    {
        var dump = lab.NodeA.Ctl("maps", "dump", "frontends", "backends", "services", "endpoints", "ipcache", "nodes", "uplinks").Checked().Output;
        var expected = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "steady-cluster.txt"));
        // Names of pod devices come from container ids.
        var actual = PodDevice().Replace(dump, "nw-------------");
        Assert.True(expected == actual, $"Golden/steady-cluster.txt is not what ctl says:\n{actual}");
    }

    [Fact]
    public async Task Status_is_ok_with_the_agent_and_says_when_it_is_gone()
    {
        var healthy = lab.NodeB.Ctl("status");
        Assert.True(healthy.Succeeded, healthy.Output + healthy.Error);
        lab.NodeB.KillAgent();
        var alone = lab.NodeB.Ctl("status");
        Assert.False(alone.Succeeded);
        Assert.Contains("agent", alone.Output, StringComparison.Ordinal);
        Assert.NotEqual(healthy.Output, alone.Output);
        await lab.Lab.StartAgentsAsync();
        Assert.True(lab.NodeB.Ctl("status").Succeeded);
    }

    [Fact]
    public void The_plugin_says_that_it_is_ready()
    {
        Assert.True(lab.NodeA.Runtime.Status().Succeeded);
        Assert.True(lab.NodeA.Runtime.Check(lab.A1.Sandbox).Succeeded);
    }

    [GeneratedRegex(@"\bnw[a-z2-7]{13}\b")]
    private static partial Regex PodDevice();
}
