using Netweir.Support.ApiServer;

namespace Netweir.Ctl.Tests;

/// <summary><c>ctl install</c></summary>
public sealed class InstallTests : IDisposable
{
    private readonly FakeCluster _cluster = new("node-1", "node-2");

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Cluster_is_installed_and_each_node_is_told_of()
    {
        (int exit, string output, string error) = _cluster.Run("install");

        Assert.True(exit == 0, error);
        Assert.Contains("applied DaemonSet kube-system/netweir", error, StringComparison.Ordinal);
        Assert.Contains("nodes ready 2 of 2; agents up to date 2 of 2, ready 2", error, StringComparison.Ordinal);
        Assert.StartsWith(
            "NODE    READY  AGENT  ADDRESS     KUBELET  KERNEL\nnode-1  yes    ready  192.0.2.10  v1.36.0  6.18.0\nnode-2  yes    ready  192.0.2.11", output, StringComparison.Ordinal);
        ApiRequest apply = _cluster.Server.Requests.First(r => r.Verb == "patch");
        Assert.Equal(("netweir", "true"), (apply.Query("fieldManager"), apply.Query("force")));
    }

    [Fact]
    public void Second_run_with_another_image_is_an_upgrade()
    {
        Assert.Equal(0, _cluster.Run("install").Exit);

        (int exit, _, string error) = _cluster.Run("install", "--image", "netweir:9");

        Assert.True(exit == 0, error);
        Assert.Equal("netweir:9", _cluster.Server.Store.Get("daemonsets", "kube-system", "netweir")!["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.ToString());
        Assert.Equal(2, (int)_cluster.Server.Store.Get("daemonsets", "kube-system", "netweir")!["metadata"]!["generation"]!);
    }

    [Fact]
    public void Other_networks_are_named_and_nothing_is_changed()
    {
        _cluster.AddForeign("kube-system", "kube-proxy");
        _cluster.AddForeign("calico-system", "calico-node");
        _cluster.AddForeign("kube-system", "kindnet", pods: 0);
        _cluster.AddForeign("monitoring", "node-exporter");

        (int exit, _, string error) = _cluster.Run("install");

        Assert.Equal(2, exit);
        Assert.Contains("calico-system/calico-node (network plugin), kube-system/kube-proxy (service proxy); nothing was changed", error, StringComparison.Ordinal);
        Assert.Contains("kubectl -n kube-system delete daemonset kube-proxy", error, StringComparison.Ordinal);
        Assert.DoesNotContain("kindnet", error, StringComparison.Ordinal);
        Assert.DoesNotContain("node-exporter", error, StringComparison.Ordinal);
        Assert.DoesNotContain(_cluster.Server.Requests, r => r.Verb == "patch");
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("--take-over", true)]
    public void Other_networks_are_warned_of_when_that_is_wanted(string option, bool takesOver)
    {
        _cluster.AddForeign("kube-system", "kube-proxy");

        (int exit, _, string error) = _cluster.Run(["install", "--force", .. option.Length > 0 ? [option] : Array.Empty<string>()]);

        Assert.True(exit == 0, error);
        Assert.Contains("warning: this cluster has a network already: kube-system/kube-proxy", error, StringComparison.Ordinal);
        string command = _cluster.Server.Store.Get("daemonsets", "kube-system", "netweir")!["spec"]!["template"]!["spec"]!["initContainers"]![0]!["command"]!.ToJsonString();
        Assert.Equal(takesOver, command.Contains("\"--take-over=true\"", StringComparison.Ordinal));
        Assert.Equal(!takesOver, command.Contains("\"--take-over=false\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Node_that_does_not_get_ready_is_told_of_in_the_agents_words()
    {
        _cluster.SetReady("node-2", ready: false);
        _cluster.DaemonPodStatus = (node, _) => node == "node-2" ? PodStatus.RunsButNotReady() : PodStatus.Ready("192.0.2.1");
        _cluster.Server.PodPages["kube-system/netweir-node-2:9869/proxy/readyz"] = (503, "[+] api\n[-] node: it has no podCIDR\n");

        (int exit, string output, string error) = _cluster.Run("install", "--timeout", "2s");

        Assert.Equal(1, exit);
        Assert.Contains("node-2: pod netweir-node-2 agent runs, but is not ready: the agent says: node: it has no podCIDR", error, StringComparison.Ordinal);
        Assert.Contains("not ready after 2 s; begin with node-2: kubectl -n kube-system logs netweir-node-2", error, StringComparison.Ordinal);
        Assert.Contains("node-2  no", output, StringComparison.Ordinal);
        Assert.Single(error.Split('\n'), l => l.Contains("node-1: ready", StringComparison.Ordinal));
    }

    [Fact]
    public void Image_that_nodes_do_not_have_is_told_of()
    {
        _cluster.DaemonPodStatus = (_, _) => PodStatus.ImageMissing();

        (int exit, _, string error) = _cluster.Run("install", "--timeout", "1s");

        Assert.Equal(1, exit);
        Assert.Contains("node-1: pod netweir-node-1 prepare-node waits: ImagePullBackOff: Back-off pulling image \"netweir:0.1.0\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Agents_that_are_ready_are_not_enough_while_a_kubelet_disagrees()
    {
        _cluster.SetReady("node-1", ready: false);

        (int exit, _, string error) = _cluster.Run("install", "--timeout", "1s");

        Assert.Equal(1, exit);
        Assert.Contains("node-1: the agent is ready; the kubelet says: KubeletNotReady: cni plugin not initialized", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_waiting_it_ends_after_applying()
    {
        _cluster.DaemonPodStatus = (_, _) => PodStatus.ImageMissing();

        (int exit, string output, string error) = _cluster.Run("install", "--wait", "false");

        Assert.Equal((0, ""), (exit, output));
        Assert.Contains("not waited for: kubectl -n kube-system rollout status daemonset/netweir", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_not_mixed_with_progress()
    {
        (_, string output, _) = _cluster.Run("install", "-o", "json");

        using var json = System.Text.Json.JsonDocument.Parse(output);
        Assert.Equal(2, json.RootElement.GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public void Api_server_that_stumbles_while_nodes_are_waited_for_is_asked_again()
    {
        int asked = 0;
        _cluster.DaemonPodStatus = (_, _) =>
        {
            // Once the DaemonSet is there, so while it is waited for.
            if (Interlocked.Exchange(ref asked, 1) == 0)
            {
                _cluster.Server.Faults.Next(1, Fault.Unavailable, "list", "nodes");
            }

            return PodStatus.Ready("192.0.2.1");
        };

        (int exit, _, string error) = _cluster.Run("install");

        Assert.True(exit == 0, error);
        Assert.Contains("the API server does not answer, it is asked again: list nodes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusal_of_the_api_is_an_error()
    {
        _cluster.Server.ReplaceToken("another");

        (int exit, _, string error) = _cluster.Run("install");

        Assert.Equal(2, exit);
        Assert.Contains("401", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "KUBECONFIG=/a:/b", "/b", "/b")]
    [InlineData("", "HOME=/home/x", "/home/x/.kube/config", "/home/x/.kube/config")]
    [InlineData("", "HOME=/home/x", "/etc/kubernetes/admin.conf", "/etc/kubernetes/admin.conf")]
    [InlineData("/asked", "KUBECONFIG=/a", "/a", "/asked")]
    public void Kubeconfig_is_looked_for_where_kubectl_does(string asked, string environment, string existing, string found)
    {
        string[] variable = environment.Split('=');

        Assert.Equal(found, KubeConfigPlace.Find(asked, name => name == variable[0] ? variable[1] : null, path => path == existing));
    }

    [Fact]
    public void Missing_kubeconfig_names_all_places() =>
        Assert.Contains(
            "none of /a, /home/x/.kube/config, /etc/kubernetes/admin.conf exists",
            Assert.Throws<CtlException>(() => KubeConfigPlace.Find(null, name => name == "HOME" ? "/home/x" : "/a", _ => false)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("1.5m", 90)]
    [InlineData("1h", 3600)]
    [InlineData("5", 0)]
    [InlineData("-5s", 0)]
    [InlineData("0s", 0)]
    [InlineData("m", 0)]
    [InlineData("", 0)]
    public void Times_are_written_as_for_kubectl(string text, int seconds)
    {
        Assert.Equal(seconds > 0, ClusterTime.TryParse(text, out TimeSpan time));
        Assert.Equal(seconds, time.TotalSeconds);
    }
}
