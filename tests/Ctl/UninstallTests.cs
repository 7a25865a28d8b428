namespace Netweir.Ctl.Tests;

/// <summary><c>ctl uninstall --cluster</c></summary>
public sealed class UninstallTests : IDisposable
{
    private readonly FakeCluster _cluster = new("node-1", "node-2");

    public UninstallTests() => Assert.Equal(0, _cluster.Run("install", "--image", "netweir:7").Exit);

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Pods_on_the_pod_network_are_listed_and_nothing_is_changed()
    {
        AddPod("shop", "cart", hostNetwork: false, "Running");
        AddPod("shop", "done", hostNetwork: false, "Succeeded");
        AddPod("shop", "on-the-node", hostNetwork: true, "Running");

        (int exit, _, string error) = _cluster.Run("uninstall", "--cluster");

        Assert.Equal(2, exit);
        Assert.Contains("1 pods use the pod network, and would lose it; nothing was changed:\n    shop/cart on node-1\n", error, StringComparison.Ordinal);
        Assert.NotNull(_cluster.Server.Store.Get("daemonsets", "kube-system", "netweir"));
    }

    [Fact]
    public void Everything_is_removed_in_its_order()
    {
        (int exit, string output, string error) = _cluster.Run("uninstall", "--cluster");

        Assert.True(exit == 0, error);
        Assert.Equal("NODE    RESULT\nnode-1  clean\nnode-2  clean\n", output);
        Assert.Empty(_cluster.Server.Store.All("daemonsets"));
        Assert.Empty(_cluster.Server.Store.All("serviceaccounts"));
        Assert.Empty(_cluster.Server.Store.All("clusterroles"));
        Assert.Empty(_cluster.Server.Store.All("clusterrolebindings"));
        Assert.Equal(
            [
                "delete netweir", "delete netweir-uninstall", "patch netweir-uninstall", "delete netweir-uninstall",
                "delete netweir", "delete netweir", "delete netweir",
            ],
            _cluster.Server.Requests.SkipWhile(r => r.Verb != "delete").Where(r => r.Verb is "delete" or "patch").Select(r => $"{r.Verb} {r.Name}"));
    }

    [Fact]
    public void Force_reaches_the_nodes_and_the_image_is_the_installed_one()
    {
        AddPod("shop", "cart", hostNetwork: false, "Running");
        string? command = null, image = null;
        _cluster.DaemonPodStatus = (_, set) =>
        {
            command = set["spec"]!["template"]!["spec"]!["initContainers"]![0]!["command"]!.ToJsonString();
            image = set["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.ToString();
            return PodStatus.Ready("192.0.2.1");
        };

        (int exit, _, string error) = _cluster.Run("uninstall", "--cluster", "--force");

        Assert.True(exit == 0, error);
        Assert.Contains("warning: 1 pods use the pod network and lose it now", error, StringComparison.Ordinal);
        Assert.Equal("""["/netweir/ctl","uninstall","--host-root","/host","--force"]""", command);
        Assert.Equal("netweir:7", image);
    }

    [Fact]
    public void Node_that_fails_is_told_with_its_words_and_stays()
    {
        _cluster.DaemonPodStatus = (node, _) => node == "node-2" ? PodStatus.CleaningFails() : PodStatus.Ready("192.0.2.1");
        _cluster.Server.PodLogs["kube-system/netweir-uninstall-node-2/uninstall-node"] = "removed 3 routes\nerror: device nw_host is busy\n";

        (int exit, string output, string error) = _cluster.Run("uninstall", "--cluster", "--timeout", "2s");

        Assert.Equal(1, exit);
        Assert.Contains("node-2  not clean: uninstall-node failed 2 times, waits: CrashLoopBackOff: error: device nw_host is busy", output, StringComparison.Ordinal);
        Assert.Contains("node-2 is not clean. Its log ends:\nremoved 3 routes\nerror: device nw_host is busy", error, StringComparison.Ordinal);
        Assert.NotNull(_cluster.Server.Store.Get("daemonsets", "kube-system", "netweir-uninstall"));
        Assert.NotNull(_cluster.Server.Store.Get("serviceaccounts", "kube-system", "netweir"));

        _cluster.DaemonPodStatus = (_, _) => PodStatus.Ready("192.0.2.1");
        Assert.Equal(0, _cluster.Run("uninstall", "--cluster").Exit);
    }

    private void AddPod(string ns, string name, bool hostNetwork, string phase) => _cluster.Server.Apply($$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, namespace: {{ns}}}
        spec: {nodeName: node-1, hostNetwork: {{(hostNetwork ? "true" : "false")}}}
        status: {phase: {{phase}}}
        """);
}
