using Netweir.Netlink;
using Netweir.NodeState.Foreign;

namespace Netweir.NodeState.Tests.Foreign;

public sealed class ForeignFindingsTests : IDisposable
{
    private readonly ForeignNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Clean_node_has_no_findings()
    {
        _node.Uplink();
        _node.Configuration("05-netweir.conflist", "netweir-cni");
        _node.Iptables(KubeProxyShapes.OthersIptables);
        _node.Pod("nwabcdefghijklm");

        Assert.Empty(_node.Findings());
        Assert.Empty(Glance());
    }

    [Theory]
    [InlineData("iptables")]
    [InlineData("nftables")]
    public void Rules_of_kube_proxy_are_found_in_both_of_its_modes(string mode)
    {
        if (mode == "iptables")
        {
            _node.Iptables(KubeProxyShapes.Iptables);
        }
        else
        {
            _node.Nft(KubeProxyShapes.Nftables);
        }

        Finding finding = Assert.Single(_node.Findings());

        Assert.Equal((Severity.Warning, "kube-proxy", "ctl take-over"), (finding.Severity, finding.Subject, finding.Remedy));
        Assert.Contains(mode == "iptables" ? "ip nat" : "table ip kube-proxy, table ip6 kube-proxy", finding.What, StringComparison.Ordinal);
        Assert.Contains("kube-proxy's rules are in this node's netfilter", Assert.Single(Glance()).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_iptables_legacy_are_named_with_the_command_that_looks_into_them()
    {
        _node.Run("iptables-legacy", "-t", "filter", "-L");

        Finding finding = Assert.Single(_node.Findings());

        Assert.Contains("iptables filter", finding.What, StringComparison.Ordinal);
        Assert.StartsWith("iptables-legacy-save | grep KUBE-", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_that_the_runtime_takes_first_keeps_Netweir_from_working()
    {
        _node.Configuration("05-cilium.conflist", "cilium-cni");
        _node.Configuration("05-netweir.conflist", "netweir-cni");
        _node.Configuration("10-calico.conflist", "calico");

        Finding[] findings = [.. _node.Findings()];

        Assert.Equal([Severity.Error, Severity.Info], findings.Select(f => f.Severity));
        Assert.Contains("05-cilium.conflist (cilium-cni)", findings[0].What, StringComparison.Ordinal);
        Assert.Contains("10-calico.conflist (calico)", findings[1].What, StringComparison.Ordinal);
        Assert.Equal(Severity.Error, Assert.Single(Glance()).Severity);
    }

    [Fact]
    public void Devices_and_pods_of_other_plugins_are_told_from_those_of_the_node()
    {
        _node.Uplink();
        _node.Run("ip", "link", "add", "cni0", "type", "bridge");
        _node.Run("ip", "link", "add", "docker0", "type", "bridge");
        _node.Run("ip", "link", "add", "cilium_host", "type", "veth", "peer", "name", "cilium_net");
        _node.Pod("veth1", "cni0");
        _node.Pod("veth2", "docker0");
        _node.Pod("nwabcdefghijklm");
        _node.Netlink.Links.CreateVeth(new VethSpec { Name = "nw_host", PeerName = "nw_net" });

        ForeignState state = _node.Read();

        Assert.Equal(["cilium_host", "cilium_net", "cni0"], state.Devices.Select(d => d.Link.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["veth1"], state.Pods.Select(p => p.Name));
        Finding bridge = Assert.Single(_node.Findings(), f => f.What.StartsWith("cni0 ", StringComparison.Ordinal));
        Assert.Contains("with 1 others attached", bridge.What, StringComparison.Ordinal);
        Assert.Contains("ip link delete cni0", bridge.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Agents_of_other_plugins_are_found_by_their_process()
    {
        _node.Process(7, "flanneld");
        _node.Process(8, "cilium-agent", "net:[1]");

        Finding finding = Assert.Single(_node.Findings());

        Assert.Contains("flanneld (process 7)", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_of_others_at_the_uplink_are_found_and_Netweirs_are_not()
    {
        Link uplink = _node.Uplink();
        using Loader.BpfProgram program = Loader.ProgramProbe.Load();
        _node.Netlink.TrafficControl.EnsureClsact(uplink.Index);
        _node.Netlink.TrafficControl.Attach(uplink.Index, TcDirection.Ingress, program.Fd.Value, "cil_from_netdev-eth0");
        _node.Netlink.TrafficControl.Attach(uplink.Index, TcDirection.Egress, program.Fd.Value, "netweir/to_netdev");
        using Loader.TcxLink link = _node.Namespace.Run(() => Loader.TcxLink.Attach(program, (uint)uplink.Index, Loader.TcxDirection.Ingress));

        Finding[] findings = [.. _node.Findings()];

        Assert.Equal(["tcx ingress, nw_probe", "tc ingress, cil_from_netdev-eth0"], findings.Select(f => f.What.Split(": ")[1].Split(" (id")[0]));
        Assert.Equal([Severity.Info, Severity.Warning], findings.Select(f => f.Severity));
        Assert.Equal("tc filter del dev eth0 ingress pref 1 handle 0x1 bpf", findings[1].Remedy);

        _node.Run(findings[1].Remedy.Split(' '));
        Assert.Single(_node.Findings());
    }

    [Fact]
    public void Pins_of_other_plugins_are_counted()
    {
        string globals = Path.Combine(_node.Paths.BpfFileSystem, "tc", "globals");
        Directory.CreateDirectory(globals);
        File.WriteAllText(Path.Combine(globals, "cilium_lxc"), "");
        File.WriteAllText(Path.Combine(globals, "cilium_ipcache"), "");
        File.WriteAllText(Path.Combine(globals, "mine"), "");

        Assert.Equal([$"Cilium: {globals} (2 pins)"], _node.Read().Pins);
    }

    [Theory]
    [InlineData("KUBE-SERVICES", true)]
    [InlineData("KUBE-SVC-ERIFXISQEP7F7OF4", true)]
    [InlineData("KUBE-FIREWALL", false)]
    [InlineData("KUBE-KUBELET-CANARY", false)]
    [InlineData("KUBE-MARK-DROP", false)]
    [InlineData("KUBE-IPTABLES-HINT", false)]
    [InlineData("KUBE-ROUTER-INPUT", false)]
    [InlineData("KUBE-POD-FW-ABC", false)]
    public void Chains_of_kube_proxy_are_told_from_those_of_others(string name, bool theirs) => Assert.Equal(theirs, KubeProxyNames.IsChain(name));

    [Theory]
    [InlineData("   0: 0100007F:2719 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000", false, 10009, 4242UL)]
    [InlineData("   1: 00000000000000000000000000000000:12B5 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 0 2 0000 0", true, 4789, 0UL)]
    public void Listening_sockets_are_read(string line, bool udp, int port, ulong inode) =>
        Assert.Equal(new Listener(udp, (ushort)port, inode), Listeners.Parse(line, udp));

    [Fact]
    public void Connections_are_no_listening_sockets() =>
        Assert.Null(Listeners.Parse("   0: 0100007F:2719 0100007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000", false));

    private IReadOnlyList<Finding> Glance() => ForeignGlance.Look(_node.Ruleset, _node.Netlink, _node.ConfDir);
}
