using System.Globalization;
using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.NodeState.Tests;

/// <summary>Removers one by one; the whole on a node with an agent is tested in tests/e2e.</summary>
public sealed class NodeUninstallTests : UninstallLab
{
    [Fact]
    public void Paths_of_theLedger_are_the_nodes_own()
    {
        Write("/opt/cni/bin/netweir-cni", "plugin");
        Write("/opt/cni/bin/.netweir-cni.new", "half a plu");
        Write("/opt/netweir/bin/ctl", "ctl");
        Write("/somewhere/net.d/05-netweir.conflist", "{}");
        Write("/run/netweir/node.json", "{}");
        Write("/run/netweir/agent.lock", "");
        Writer.Add(LedgerKind.CniConfig, "/somewhere/net.d/05-netweir.conflist");
        Writer.Add(LedgerKind.Directory, "/somewhere/net.d");

        Assert.DoesNotContain(Run(), l => l.Outcome == UninstallOutcome.Failed);

        Assert.Equal(["opt", "opt/cni", "opt/cni/bin", "run", "somewhere", "var", "var/lib"], Tree());
    }

    [Fact]
    public void A_directory_that_others_use_stays_and_one_that_was_there_before_does_too()
    {
        Writer.Add(LedgerKind.Directory, "/conf");
        Write("/conf/10-other.conflist", "{}");
        Directory.CreateDirectory(Here("/etc/cni/net.d"));
        Write("/etc/cni/net.d/05-netweir.conflist", "{}");

        var line = Assert.Single(Run(), l => l.What == "/conf");

        Assert.Equal((UninstallOutcome.Left, "not empty: 10-other.conflist"), (line.Outcome, line.Detail));
        Assert.Contains("conf/10-other.conflist", Tree());
        Assert.Contains("etc/cni/net.d", Tree());
        Assert.DoesNotContain("etc/cni/net.d/05-netweir.conflist", Tree());
    }

    [Fact]
    public void What_was_moved_aside_comes_back_unless_its_place_is_taken()
    {
        Write("/conf/10-flannel.conflist.moved", "flannel");
        Write("/conf/20-bridge.conf.moved", "bridge");
        Write("/conf/20-bridge.conf", "a new bridge");
        Writer.Add(LedgerKind.Moved, "/conf/10-flannel.conflist", "/conf/10-flannel.conflist.moved");
        Writer.Add(LedgerKind.Moved, "/conf/20-bridge.conf", "/conf/20-bridge.conf.moved");
        Writer.Add(LedgerKind.Moved, "/conf/30-gone.conf", "/conf/30-gone.conf.moved");

        var lines = Run().Where(l => l.Kind == LedgerKind.Moved).ToList();

        Assert.Equal([("/conf/20-bridge.conf", UninstallOutcome.Left), ("/conf/10-flannel.conflist", UninstallOutcome.Restored)], lines.Select(l => (l.What, l.Outcome)));
        Assert.Equal("flannel", File.ReadAllText(Here("/conf/10-flannel.conflist")));
        Assert.Equal("a new bridge", File.ReadAllText(Here("/conf/20-bridge.conf")));
        Assert.Equal("bridge", File.ReadAllText(Here("/conf/20-bridge.conf.moved")));
    }

    [Fact]
    public void A_step_that_fails_stops_no_other_and_stays_in_theLedger()
    {
        Writer.Add(LedgerKind.File, "/gone/by/itself");
        Writer.Add("teleporter", "t1");
        Write("/run/netweir/node.json", "{}");
        Write("/opt/netweir/bin/ctl", "ctl");
        Writer.Add(LedgerKind.File, "/opt/netweir/bin/ctl");
        Writer.Add(LedgerKind.Sysctl, "net/ipv4/conf/lo/rp_filter", "1", "not a number");
        Namespace.Run(() => Sysctl.Write("net/ipv4/conf/lo/rp_filter", "1"));

        var lines = Run();

        Assert.Equal(["net/ipv4/conf/lo/rp_filter", "t1"], lines.Where(l => l.Outcome == UninstallOutcome.Failed).Select(l => l.What));
        Assert.DoesNotContain("run/netweir/node.json", Tree());
        // With these two it is done again.
        Assert.Contains("opt/netweir/bin/ctl", Tree());
        Assert.Equal(["/opt/netweir/bin/ctl", "net/ipv4/conf/lo/rp_filter", "t1"], Ledger.Read().Where(e => e.Kind != LedgerKind.Directory).Select(e => e.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Clsact_goes_where_Netweir_added_it_unless_others_have_filters_there()
    {
        int[] devices = [.. ((string[])["eth1", "eth2", "eth3"]).Select(Device)];
        foreach (var index in devices)
        {
            Netlink.TrafficControl.EnsureClsact(index);
        }

        Writer.Add(LedgerKind.Qdisc, "eth1", Text(devices[0]));
        Writer.Add(LedgerKind.Qdisc, "eth2", Text(devices[1]));
        Writer.Add(LedgerKind.Qdisc, "eth9", "99");
        using (var open = OpenObject.FromFile(CompiledObject()))
        {
            using var loaded = open.Load();
            Netlink.TrafficControl.Attach(devices[0], TcDirection.Ingress, loaded.Program("from_netdev").Fd.Value, "netweir/from_netdev");
            Netlink.TrafficControl.Attach(devices[1], TcDirection.Egress, loaded.Program("to_netdev").Fd.Value, "other");
        }

        var lines = Run();

        Assert.Equal([false, true, true], devices.Select(Netlink.TrafficControl.HasClsact));
        Assert.Contains(lines, l => l is { Outcome: UninstallOutcome.Removed, Kind: "program", What: "netweir/from_netdev of eth1 (filter ingress)" });
        Assert.Contains(lines, l => l is { Outcome: UninstallOutcome.Left, What: "clsact of eth2", Detail: "somebody else has filters there (other)" });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bpf_file_system_goes_when_Netweir_mounted_it_and_nobody_else_uses_it(bool used)
    {
        Writer.Add(LedgerKind.Directory, "/bpf");
        Writer.Add(LedgerKind.Mount, "/bpf");
        Writer.Add(LedgerKind.BpfRoot, "/bpf/netweir");
        BpfFs.EnsureMounted(Here("/bpf"));
        Directory.CreateDirectory(BpfPaths.Maps(Here("/bpf/netweir")));
        if (used)
        {
            Directory.CreateDirectory(Here("/bpf/other"));
        }

        var lines = Run();

        Assert.DoesNotContain(lines, l => l.Outcome == UninstallOutcome.Failed);
        Assert.Equal(used, Directory.Exists(Here("/bpf")) && BpfFs.IsMounted(Here("/bpf")));
        // The kernel has two files of its own in every bpffs.
        Assert.Equal(used ? ["bpf", "bpf/other"] : [], Tree().Where(p => p.StartsWith("bpf", StringComparison.Ordinal) && !p.EndsWith(".debug", StringComparison.Ordinal)));
    }

    [Fact]
    public void Devices_of_Netweirs_names_and_another_kind_stay()
    {
        Device("nw_overlay");
        Netlink.Links.CreateVeth(new VethSpec { Name = "nw_host", PeerName = "nw_net" });

        Run();

        Assert.NotNull(Netlink.Links.Find("nw_overlay"));
        Assert.Null(Netlink.Links.Find("nw_host"));
    }

    [Fact]
    public void It_may_be_interrupted_after_any_step()
    {
        for (var steps = 1; ; steps++)
        {
            Populate();
            Assert.True(steps < 30, "it does not come to an end");
            try
            {
                Run(stopAfter: steps);
            }
            catch (OperationCanceledException)
            {
                Run();
                AssertUntouched();
                continue;
            }

            AssertUntouched();
            Assert.True(steps > 8, $"only {steps} steps");
            return;
        }
    }

    [Fact]
    public void A_dry_run_says_the_same_and_changes_nothing()
    {
        Populate();
        var tree = Tree();

        var plan = Namespace.Run(() => Uninstall().DryRun());

        Assert.Equal(tree, Tree());
        Assert.Equal("1", Namespace.Run(() => Sysctl.Read("net/ipv4/ip_forward")));
        Assert.NotNull(Netlink.Links.Find("nw_host"));
        Assert.All(plan, l => Assert.Equal(UninstallOutcome.Planned, l.Outcome));
        Assert.Equal(plan.Select(l => (l.Kind, l.What)), Run().Select(l => (l.Kind, l.What)));
    }

    [Fact]
    public void It_refuses_in_another_network_namespace_than_the_nodes()
    {
        Populate();
        Directory.CreateDirectory(Here("/proc/1/ns"));
        File.CreateSymbolicLink(Here("/proc/1/ns/net"), "net:[1]");
        var tree = Tree();

        var refused = Assert.Throws<UninstallRefusedException>(() => Run());

        Assert.Contains("hostNetwork: true", refused.Message, StringComparison.Ordinal);
        Assert.Equal(tree, Tree());
        Directory.Delete(Here("/proc"), recursive: true);
        Directory.CreateDirectory(Here("/proc/1/ns"));
        File.CreateSymbolicLink(Here("/proc/1/ns/net"), Namespace.Run(() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!));
        Run();
        Directory.Delete(Here("/proc"), recursive: true);
        AssertUntouched();
    }

    [Fact]
    public void It_refuses_while_the_lock_is_held_and_changes_nothing()
    {
        Populate();
        var tree = Tree();
        Write("/run/netweir/agent.pid", "4711\n");
        using (AgentLock.TryTake(Here("/run/netweir")))
        {
            var refused = Assert.Throws<UninstallRefusedException>(() => Run());
            Assert.Contains("process 4711 holds /run/netweir/agent.lock", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(tree.Append("run/netweir/agent.pid").Order(StringComparer.Ordinal), Tree());
        Run();
        AssertUntouched();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string CompiledObject([System.Runtime.CompilerServices.CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "../../../artifacts/bpf/netweir.bpf.o"));
}
