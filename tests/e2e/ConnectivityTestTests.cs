using System.Text.Json;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary><c>ctl connectivity test</c>, with its pods on a cluster whose network is Netweir.</summary>
public sealed class ConnectivityTestTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData("direct")]
    [InlineData("vxlan")]
    public async Task Network_of_a_good_cluster_is_found_to_be_fine(string routing)
    {
        await using LabCluster lab = await LabCluster.CreateAsync(new LabOptions { Nodes = 3, Routing = routing, OwnApiServer = true });
        await using var kubelet = new LabKubelet(lab);

        Command test = Test(lab);

        // What failed is said last, where a cut-off log still shows it.
        Assert.True(test.Succeeded, test.Output + test.Error);
        using JsonDocument json = JsonDocument.Parse(test.Output);
        JsonElement[] checks = [.. json.RootElement.GetProperty("checks").EnumerateArray()];
        Assert.All(checks, c => Assert.Equal("ok", c.GetProperty("result").GetString()));
        // Of both families, and more than one each way.
        Assert.InRange(checks.Count(c => c.GetProperty("address").GetString()!.StartsWith('[')), 50, checks.Length - 50);
        await Wait.UntilAsync("nothing of the test is left", TimeSpan.FromSeconds(20), () => Task.FromResult(kubelet.Containers == 0));
        Assert.Empty(kubelet.Server.Store.All("namespaces"));
    }

    [Fact]
    public async Task Broken_way_between_two_nodes_is_found_and_named()
    {
        await using LabCluster lab = await LabCluster.CreateAsync(new LabOptions { OwnApiServer = true });
        await using var kubelet = new LabKubelet(lab);
        // Node B's LAN takes no packets beyond 1300 bytes any more, and says nothing of it.
        lab.Lan.Run("ip", "link", "set", "n2", "mtu", "1300").Checked();

        Command test = Test(lab);

        Assert.Equal(1, test.ExitCode);
        Assert.Matches("FAILED  pod on node-a -> pod server-2 on node-b .*, (UDP 100 to 8000 bytes|TCP 1 MB both ways)\n", test.Error);
        Assert.Contains("next:  'ctl status' on node-a, and the MTU of the way between the nodes", test.Error, StringComparison.Ordinal);
        Assert.DoesNotMatch("FAILED .* on node-a -> pod server-1 on node-a", test.Error);
    }

    private static Command Test(LabCluster lab) => Command.Run(
        lab.Nodes[0].CtlCommand("connectivity", "test", "--kubeconfig", lab.KubeConfig, "--image", "none", "-o", "json", "--timeout", "90s"),
        lab.Nodes[0].Namespace, timeout: s_longest);
}
