using System.Diagnostics;
using System.Text.Json.Nodes;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>
/// <c>ctl uninstall</c> leaves a node as it was before Netweir. Pain: what other plugins leave behind (devices, rules, settings, programs, files) breaks
/// the next one, and a reboot is the only known remedy.
/// </summary>
public sealed class UninstallTests : IAsyncLifetime
{
    private LabCluster _lab = null!;

    private LabNode Node => _lab.Nodes[0];

    public async Task InitializeAsync() => _lab = await LabCluster.CreateAsync(new LabOptions { Nodes = 2, StartAgents = false });

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Theory]
    [InlineData("direct")]
    [InlineData("direct", "--big-tcp=true")]
    [InlineData("vxlan")]
    public async Task A_node_is_as_before(string routing, params string[] arguments)
    {
        var before = Inhabited();
        var pods = await UseAsync(routing, arguments);
        Node.StopAgent();
        Assert.NotEqual("", before.ChangesTo(NodePicture.Of(Node)));
        await RemoveAsync(pods);
        var objects = KernelObjects.Ids(Node);
        Assert.NotEmpty(objects);
        var uninstall = Uninstall().Checked();

        Assert.Equal("", before.ChangesTo(NodePicture.Of(Node)));
        Assert.Contains("removed   device      nw_host\n", uninstall.Output, StringComparison.Ordinal);
        Assert.Contains("restored  sysctl      net/ipv4/ip_forward: 1 -> 0\n", uninstall.Output, StringComparison.Ordinal);
        Assert.Equal(arguments.Length > 0, uninstall.Output.Contains($"restored  offload     eth0: {BigTcpLab.Big} -> {BigTcpLab.Default}\n", StringComparison.Ordinal));
        Assert.EndsWith("Netweir is removed from this node\n", uninstall.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("left ", uninstall.Output, StringComparison.Ordinal);
        // The kernel frees them a moment later.
        await Wait.UntilAsync("no program or map is alive", TimeSpan.FromSeconds(5), () => !objects.Any(KernelObjects.IsAlive));

        // Again: nothing to do, and nothing done.
        Assert.EndsWith("nothing of Netweir is on this node\n", Uninstall().Checked().Output, StringComparison.Ordinal);
        Assert.Equal("", before.ChangesTo(NodePicture.Of(Node)));
    }

    [Fact]
    public async Task A_node_can_be_used_again_after_it()
    {
        var before = Inhabited();
        await RemoveAsync(await UseAsync("vxlan"));
        Node.StopAgent();
        Uninstall().Checked();

        var pods = await UseAsync("vxlan");
        Node.StopAgent();
        await RemoveAsync(pods);
        Uninstall().Checked();
        Assert.Equal("", before.ChangesTo(NodePicture.Of(Node)));
    }

    [Fact]
    public async Task It_refuses_while_the_agent_runs_and_while_pods_are_connected_unless_it_is_forced()
    {
        var before = Inhabited();
        var pods = await UseAsync("direct");

        var running = Uninstall("--force");
        Assert.Equal(2, running.ExitCode);
        Assert.Contains($"process {Node.AgentProcessId} ", running.Error, StringComparison.Ordinal);
        Assert.Contains("kubectl delete -f netweir.yaml", running.Error, StringComparison.Ordinal);

        Node.StopAgent();
        var used = NodePicture.Of(Node);
        var connected = Uninstall();
        Assert.Equal(2, connected.ExitCode);
        Assert.Contains("2 pods are connected", connected.Error, StringComparison.Ordinal);
        Assert.Contains("default/a1, default/a2", connected.Error, StringComparison.Ordinal);
        var plan = Uninstall("--force", "--dry-run", "-o", "json").Checked().Output;
        Assert.Equal("", used.ChangesTo(NodePicture.Of(Node)));

        // What somebody else changed since is not put back.
        Node.Namespace.Run(() => Sysctl.Write("net/ipv6/conf/eth0/accept_ra", "0"));
        var forced = Uninstall("--force", "-o", "json").Checked().Output;
        Assert.Equal("- setting /proc/sys/net/ipv6/conf/eth0/accept_ra = 1\n+ setting /proc/sys/net/ipv6/conf/eth0/accept_ra = 0", before.ChangesTo(NodePicture.Of(Node)));
        Assert.Contains(Rows(forced), r => r == ("left", "sysctl", "net/ipv6/conf/eth0/accept_ra"));
        Assert.Equal(2, Rows(forced).Count(r => r is ("removed", "pod", _)));
        // The dry run said the same, but for the setting that was changed after it.
        Assert.Equal(Rows(forced).Select(r => (r.Kind, r.Name)), Rows(plan).Select(r => (r.Kind, r.Name)));
        await RemoveAsync(pods);
    }

    [Fact]
    public async Task It_may_be_killed_anywhere_and_run_again()
    {
        var before = Inhabited();
        await RemoveAsync(await UseAsync("vxlan"));
        Node.StopAgent();

        // Each time some lines farther, until one run comes to its end by itself.
        var killed = 0;
        while (!Killed(killed + 1))
        {
            killed++;
            Assert.True(killed < 40, "every run was killed");
        }

        Assert.True(killed > 3, $"only {killed} runs were killed");
        Uninstall().Checked();
        Assert.Equal("", before.ChangesTo(NodePicture.Of(Node)));
    }

    [Fact]
    public async Task Without_a_ledger_what_is_recognised_goes()
    {
        var before = Inhabited();
        await RemoveAsync(await UseAsync("vxlan"));
        Node.StopAgent();
        File.Delete(Path.Combine(Node.StateDirectory, "ledger"));

        var uninstall = Uninstall().Checked();
        Assert.Contains("there is no ledger", uninstall.Output, StringComparison.Ordinal);
        // Settings and directories of no telling name stay.
        var changes = before.ChangesTo(NodePicture.Of(Node)).Split('\n');
        Assert.All(changes, c => Assert.Matches(@"^[-+] (setting .*(forward|accept_redirects|accept_ra|nf_conntrack_tcp_timeout|mc_forwarding)|file .* directory$|ip -6 route show table all: anycast)", c));
    }

    /// <summary>The node as others have left it before Netweir came.</summary>
    private NodePicture Inhabited()
    {
        Node.Run("ip", "link", "add", "other0", "type", "veth", "peer", "name", "other1").Checked();
        Node.Namespace.Run(() =>
        {
            Sysctl.Write("net/ipv4/ip_forward", "0");
            Sysctl.Write("net/ipv4/conf/other0/forwarding", "1");
            Sysctl.Write("net/ipv4/conf/all/accept_redirects", "0");
        });
        Node.Run("ip", "link", "set", "other0", "up").Checked();
        Node.Run("ip", "link", "set", "other1", "up").Checked();
        Node.Run("ip", "route", "add", "198.51.100.0/24", "dev", "other0").Checked();
        Node.Run("ip", "rule", "add", "pref", "500", "to", "198.51.100.0/24", "lookup", "500").Checked();
        Node.Run("tc", "qdisc", "add", "dev", "other0", "clsact").Checked();
        Node.Run("iptables-nft", "-N", "KUBE-FIREWALL").Checked();
        Node.Run("iptables-nft", "-A", "KUBE-FIREWALL", "-d", "127.0.0.0/8", "-j", "DROP").Checked();
        Directory.CreateDirectory(Path.Combine(Node.Directory, "opt", "cni", "bin"));
        File.WriteAllText(Path.Combine(Node.Directory, "opt", "cni", "bin", "bridge"), "somebody else's plugin");
        return NodePicture.Of(Node);
    }

    /// <summary>Everything that a node does: pods, services, host ports, external addresses, the kubelet's chain. Returns the pods.</summary>
    private async Task<IReadOnlyList<LabPod>> UseAsync(string routing, params string[] arguments)
    {
        Prepare();
        await _lab.StartAgentsAsync(routing, arguments);
        var suffix = _lab.Pods.Count() + Stopwatch.GetTimestamp() % 100000;
        LabPod[] pods = [await _lab.AddPodAsync(Node, "a1"), await _lab.AddPodAsync(Node, "a2", [new LabHostPort(8090, "TCP")])];
        var remote = await _lab.AddPodAsync(_lab.Nodes[1], $"b{suffix}");
        var service = _lab.NewService($"s{suffix}") with { Type = LabServiceType.LoadBalancer };
        _lab.Apply(service);
        _lab.SetBackends(service, pods[1], remote);
        await _lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
        foreach (var ipv6 in (bool[])[false, true])
        {
            await pods[0].TcpAsync(remote.EndPoint(ipv6));
            await Node.TcpAsync(service.EndPoint(ipv6));
            // The host's route to it comes a moment after the service.
            await Wait.UntilAsync("the load balancer's address is routed", TimeSpan.FromSeconds(5), () => LabCluster.AnsweredAsync(Node, service.LoadBalancer(ipv6)));
        }

        await Wait.UntilAsync("the kubelet's chain has Netweir's rule", TimeSpan.FromSeconds(15),
            () => Node.Run("iptables-nft", "-S", "KUBE-FIREWALL").Checked().Output.Contains("netweir", StringComparison.Ordinal));
        return pods;
    }

    /// <summary>What the init container does.</summary>
    private void Prepare()
    {
        var image = Directory.CreateDirectory(Path.Combine(_lab.Directory, "image")).FullName;
        foreach (var name in (string[])["netweir-cni", "ctl"])
        {
            File.WriteAllText(Path.Combine(image, name), name);
        }

        Node.Ctl("prepare-node", "--from", image, "--cni-bin-dir", PluginDirectory, "--bin-dir", ToolDirectory, "--host-root", Node.Directory).Checked();
    }

    private async Task RemoveAsync(IEnumerable<LabPod> pods)
    {
        foreach (var pod in pods)
        {
            await _lab.RemovePodAsync(pod);
        }
    }

    private string PluginDirectory => Path.Combine(Node.Directory, "opt", "cni", "bin");

    private string ToolDirectory => Path.Combine(Node.Directory, "opt", "netweir", "bin");

    private Command Uninstall(params string[] arguments) => Node.Ctl([.. UninstallArguments, .. arguments]);

    private string[] UninstallArguments => ["uninstall", "--cni-conf-dir", Node.CniDirectory, "--cni-bin-dir", PluginDirectory, "--bin-dir", ToolDirectory];

    /// <summary>Runs it until it has said so many lines. True when it ended before.</summary>
    private bool Killed(int lines)
    {
        var command = Node.CtlCommand(UninstallArguments);
        var info = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true };
        Process? started = null;
        Node.Namespace.Run(() => started = Process.Start(info));
        using var process = started!;
        for (var said = 0; said < lines; said++)
        {
            if (process.StandardOutput.ReadLine() is null)
            {
                Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)));
                return true;
            }
        }

        process.Kill();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)));
        return false;
    }

    private static IEnumerable<(string Outcome, string Kind, string Name)> Rows(string json) =>
        JsonNode.Parse(json)!["uninstall"]!.AsArray().Select(r => (r!["outcome"]!.ToString(), r["kind"]!.ToString(), r["name"]!.ToString()));
}
