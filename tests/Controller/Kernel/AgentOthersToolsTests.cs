using System.Net;
using Netweir.Loader;
using Netweir.Netlink;
using Netweir.NodeState;
using Netweir.Support.Lab;
using Xunit.Abstractions;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Controller.Tests;

/// <summary>
/// What other people's tools take away is put back within two seconds, and counted. The times are printed; on a machine that is busy with other
/// tests each may take longer.
/// </summary>
public sealed class AgentOthersToolsTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void Programs_and_their_links()
    {
        _agent.Ready();
        var (pod, _) = _agent.Pod();
        var tc = _agent.Node.Netlink.TrafficControl;
        var net = _agent.Node.Netlink.Links.Get(NetworkNames.Net);
        var name = _agent.Node.Netlink.Links.Get(pod).Name;
        bool Filtered(int index, params TcDirection[] directions) => directions.All(d => tc.Find(index, d) is not null);
        bool Pod() => Filtered(pod, TcDirection.Ingress, TcDirection.Egress);
        _agent.WaitFor(Pod, 10, "connected to the pod");

        PutBack("filter", "tc filter del, nw_net", () => Run("tc", "filter", "del", "dev", net.Name, "ingress"), () => Filtered(net.Index, TcDirection.Ingress));
        PutBack("filter", "tc qdisc del clsact, nw_net", () => Run("tc", "qdisc", "del", "dev", net.Name, "clsact"), () => Filtered(net.Index, TcDirection.Ingress));
        PutBack("filter", "tc filter del ingress, pod", () => Run("tc", "filter", "del", "dev", name, "ingress"), Pod);
        PutBack("filter", "tc filter del egress, pod", () => Run("tc", "filter", "del", "dev", name, "egress"), Pod);
        PutBack("filter", "tc qdisc del clsact, pod", () => Run("tc", "qdisc", "del", "dev", name, "clsact"), Pod);
        foreach (var (device, index) in new[] { ("eth0", _agent.Node.Uplink), ("lo", NetworkNames.LoopbackIndex) })
        {
            // These have links, which tc does not see.
            var links = Links(index);
            Assert.NotEmpty(links);
            Run("tc", "qdisc", "add", "dev", device, "clsact");
            Run("tc", "qdisc", "del", "dev", device, "clsact");
            Assert.Equal(links, Links(index));
            foreach (var link in links)
            {
                PutBack("program", $"bpftool link detach, {link.Hook} of {device}", () => Detach(link), () => Links(index).Select(l => l.Hook).SequenceEqual(links.Select(l => l.Hook)));
            }
            PutBack("program", $"rm of the links' pins, {device}", () => links.ForEach(l => File.Delete(PinOf(l))), () => Links(index).Count == links.Count);
        }
    }

    [Fact]
    public void Routes_rules_neighbours_and_devices()
    {
        ReadyDual();
        var (pod, address) = _agent.Pod();
        var netlink = _agent.Node.Netlink;
        var protocol = $"{RouteProtocol.Netweir}";
        _agent.WaitFor(() => PodNeighbours(pod) == 2 && Routed(address, pod), 10, "connected to the pod");
        _agent.WaitFor(() => Rules() > 0, 10, "serving the external address");
        var (routes, external, rules) = (_agent.Node.OwnRoutes().Count, External(), Rules());
        bool All() => _agent.Node.OwnRoutes().Count == routes && External() == external && Rules() == rules;
        Assert.True(external > 0);

        PutBack("route", "ip route flush proto, IPv4", () => Run("ip", "-4", "route", "flush", "proto", protocol), All);
        PutBack("route", "ip route flush proto, IPv6", () => Run("ip", "-6", "route", "flush", "proto", protocol), All);
        PutBack("route", "ip route flush table", () => Run("ip", "route", "flush", "table", $"{NetworkNames.ExternalTable}"), All);
        PutBack("rule", "ip rule flush", () => Run("ip", "rule", "flush"), All);
        Run("ip", "rule", "add", "pref", "32766", "lookup", "main");
        PutBack("neighbour", "ip neigh flush, nw_host", () => Run("ip", "neigh", "flush", "dev", NetworkNames.Host, "nud", "permanent"), () => Gateways() == 2);
        PutBack("neighbour", "ip neigh flush, pod", () => Run("ip", "neigh", "flush", "dev", netlink.Links.Get(pod).Name, "nud", "permanent"), () => PodNeighbours(pod) == 2);
        PutBack("address", "ip address flush, nw_host", () => Run("ip", "address", "flush", "dev", NetworkNames.Host), HasAddress);
        PutBack("link", "ip link set nw_host down", () => Run("ip", "link", "set", NetworkNames.Host, "down"), () => netlink.Links.Get(NetworkNames.Host).IsUp && All() && Gateways() == 2);
        PutBack("link", "ip link del nw_host", () => Run("ip", "link", "del", NetworkNames.Host), () => netlink.Links.Find(NetworkNames.Host) is { IsUp: true } && All() && Gateways() == 2 && HasAddress());
        PutBack("link", "ip link del nw_overlay", () => Run("ip", "link", "del", NetworkNames.Overlay), () => netlink.Links.Find(NetworkNames.Overlay) is { IsUp: true });

        int Gateways() => netlink.Links.Find(NetworkNames.Host) is { } host ? netlink.Neighbours.List(host.Index).Count(n => n.State == NeighbourState.Permanent) : 0;
        bool HasAddress() => netlink.Addresses.List(netlink.Links.Get(NetworkNames.Host).Index).Exists(a => a.Address.Equals(NetworkNames.HostAddress));
    }

    [Fact]
    public void Kernel_settings()
    {
        ReadyDual();
        var (pod, address) = _agent.Pod();
        _agent.WaitFor(() => Routed(address, pod), 10, "connected to the pod");
        var name = _agent.Node.Netlink.Links.Get(pod).Name;
        var ours = new NodeFacts { Name = "own", InternalIPs = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")], PodCidrs = [], Created = default };
        var plan = SysctlPlan.Compute(ours, overlay: true, localhostNodePorts: true)
            .Append(new($"net/ipv4/conf/{name}/rp_filter", "2")).Append(new($"net/ipv6/conf/{name}/accept_ra", "0")).Append(new($"net/ipv6/conf/{name}/disable_ipv6", "0"));
        var met = 0;
        foreach (var (setting, value) in plan.Where(s => Read(s.Key) is not null))
        {
            Assert.Equal(value, Read(setting));
            PutBack("sysctl", $"sysctl {setting}", () => Sysctl.Write(_agent.Node.Namespace, setting, value == "0" ? "1" : value.Length > 1 ? "600" : "0"), () => Read(setting) == value);
            met++;
        }
        Assert.InRange(met, 12, 40);

        PutBack("sysctl", "all at once", () => plan.Where(s => Read(s.Key) is not null).ToList().ForEach(s => Sysctl.Write(_agent.Node.Namespace, s.Key, s.Value == "0" ? "1" : s.Value.Length > 1 ? "600" : "0")),
            () => plan.All(s => Read(s.Key) is null || Read(s.Key) == s.Value) && Routed(address, pod) && PodNeighbours(pod) == 2);

        string? Read(string setting) => _agent.Node.Namespace.Run(() => Sysctl.TryRead(setting));
    }

    [Fact]
    public void Files_pins_and_netfilter()
    {
        _agent.Ready();
        var conflist = File.ReadAllText(_agent.Conflist);
        var facts = Path.Combine(_agent.RunDir, "node.json");
        var node = File.ReadAllText(facts);
        bool Files() => File.Exists(_agent.Conflist) && File.ReadAllText(_agent.Conflist) == conflist && File.Exists(facts) && File.ReadAllText(facts) == node;
        PutBack("file", "rm of the conflist", () => File.Delete(_agent.Conflist), Files);
        PutBack("file", "another content of the conflist", () => File.WriteAllText(_agent.Conflist, conflist.Replace("netweir-cni", "bridge", StringComparison.Ordinal)), Files);
        PutBack("file", "rm of the conflist's directory", () => Directory.Delete(Path.GetDirectoryName(_agent.Conflist)!, recursive: true), Files);
        PutBack("file", "rm of node.json", () => File.Delete(facts), Files);
        PutBack("file", "node.json cut short", () => File.WriteAllText(facts, node[..10]), Files);

        foreach (var directory in new[] { BpfPaths.Maps(_agent.Root), Path.GetDirectoryName(BpfPaths.Program(_agent.Root, HookNames.FromPod))! })
        {
            var pins = Directory.GetFiles(directory);
            PutBack("pin", $"rm {Path.GetFileName(directory)}/*", () => Array.ForEach(pins, File.Delete), () => Array.TrueForAll(pins, File.Exists));
        }

        // The chain is the kubelet's to make again; Netweir's rule in it follows.
        KubeletChain();
        _agent.WaitFor(() => OurRules() == 1, 10, "in the kubelet's chain");
        PutBack("firewall", "a rule deleted", () => Run("iptables-nft", "-D", "KUBE-FIREWALL", "1"), () => OurRules() == 1);
        PutBack(null, "nft flush ruleset, and the kubelet's chain is back", () => { Run("nft", "flush", "ruleset"); KubeletChain(); }, () => OurRules() == 1);
    }

    private void ReadyDual()
    {
        _agent.PodRanges = [IPNetwork.Parse("10.244.0.0/24"), IPNetwork.Parse("fd00:10:244::/64")];
        _agent.ApplyServiceCidr("10.96.0.0/16, \"fd00:96::/112\"");
        _agent.Apply("own", "10.0.0.1\n  - type: InternalIP\n    address: fd00::1", "10.244.0.0/24, fd00:10:244::/64");
        _agent.Apply("peer", "10.0.0.2\n  - type: InternalIP\n    address: fd00::2", "10.244.1.0/24, fd00:10:244:1::/64");
        _agent.Api.Apply(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: default}
            spec:
              clusterIP: 10.96.0.9
              clusterIPs: [10.96.0.9]
              externalIPs: [203.0.113.9]
              ports:
              - {name: http, port: 80, protocol: TCP}
            """);
        _agent.Start();
        _agent.WaitReady();
    }

    /// <summary>Waits until it is whole again, prints how long that took, and checks that the change was counted (null: it need not be).</summary>
    private void PutBack(string? kind, string what, Action change, Func<bool> whole)
    {
        _agent.WaitFor(whole, 10, $"whole before '{what}'");
        var counted = Counted();
        change();
        Assert.False(kind is not null && whole() && Counted() == counted, $"{what}: nothing was changed");
        var back = _agent.WaitFor(whole, 30, $"whole after '{what}'");
        output.WriteLine($"{back.TotalMilliseconds,6:F0} ms  {what}");
        Assert.True(back < Bound, $"{what}: it took {back}");
        if (kind is not null)
        {
            _agent.WaitFor(() => Counted() > counted, 5, $"counted as {kind}: {what}");
        }

        double Counted() => _agent.Metric("netweir_external_changes_total", $"kind=\"{kind}\"");
    }

    private List<PinnedLink> Links(int index) => [.. new LinkStore(_agent.Root).List().Where(l => l.Ifindex == (uint)index).OrderBy(l => l.Hook, StringComparer.Ordinal)];

    private string PinOf(PinnedLink link) => Directory.GetFiles(Path.Combine(_agent.Root, "links"), $"{link.Hook}*{link.PinnedIfindex}").Single();

    private unsafe void Detach(PinnedLink link)
    {
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(PinOf(link) + '\0'))
        {
            var fd = Native.bpf_obj_get(path);
            Assert.Equal(0, Native.bpf_link_detach(fd));
            using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        }
    }

    private void KubeletChain()
    {
        Run("iptables-nft", "-N", "KUBE-FIREWALL");
        Run("iptables-nft", "-A", "KUBE-FIREWALL", "-d", "127.0.0.0/8", "-j", "DROP");
    }

    private int OurRules() => _agent.Node.Namespace.Run(() =>
    {
        using var nftables = NfTables.Open();
        return nftables.Rules(KubeletFirewall.Chain)?.Count(r => r.Comment == KubeletFirewall.Comment) ?? 0;
    });

    private int PodNeighbours(int index) => _agent.Node.Netlink.Neighbours.List(index).Count(n => n.State == NeighbourState.Permanent);

    private bool Routed(IPAddress address, int index) => _agent.Node.OwnRoutes().Exists(r => r.Destination.BaseAddress.Equals(address) && r.LinkIndex == index);

    private int External() => _agent.Node.Netlink.Routes.List(new RouteFilter { Table = NetworkNames.ExternalTable }).Count;

    private int Rules() => _agent.Node.Netlink.Rules.List().Count(r => r.Protocol == RouteProtocol.Netweir);

    private void Run(params string[] command) => Command.Run(command, _agent.Node.Namespace).Checked();
}
