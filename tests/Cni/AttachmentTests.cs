using System.Net;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

public sealed class AttachmentTests : IDisposable
{
    private static readonly Comparer<IPAddress> ByText = Comparer<IPAddress>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Add_gives_the_pod_its_interface_addresses_and_routes()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);
        EndpointRecord record = Assert.Single(_node.Store.List());

        Link link = pod.Netlink.Links.Get("eth0");
        Assert.Equal((true, TestNode.Mtu, record.PodMac, "veth"), (link.IsUp, link.Mtu, link.Mac, link.Kind));
        Assert.True(pod.Netlink.Links.Get("lo").IsUp);
        string[] global = [.. pod.Netlink.Addresses.List(link.Index).Where(a => a.Scope == RouteScope.Universe).Select(a => $"{a.Address}/{a.PrefixLength} {a.Flags}")];
        Assert.Equal(["10.244.1.1/32 Permanent", "fd00:10:244:1::1/128 NoDad, Permanent"], global);
        string[] routes = [.. pod.Netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }).Select(r => $"{r.Destination} via {r.Gateway} {r.Scope}").Order()];
        Assert.Equal(["0.0.0.0/0 via 169.254.1.1 Universe", "169.254.1.1/32 via  Link", "::/0 via fe80::1 Universe"], routes);
        foreach (string gateway in (string[])["169.254.1.1", "fe80::1"])
        {
            var expected = new Neighbour { LinkIndex = link.Index, Address = IPAddress.Parse(gateway), Mac = record.HostMac };
            Assert.Contains(expected, pod.Netlink.Neighbours.List(link.Index));
        }
    }

    [Fact]
    public void Add_refuses_the_hosts_own_namespace()
    {
        PluginResult result = _node.Run("ADD", "c1", _node.Host);
        Assert.Equal(4, result.ErrorCode);
        Assert.Empty(_node.Store.List());
        _node.AssertEmpty();
    }

    [Theory]
    [InlineData(null, 65536)]
    [InlineData(196608, 196608)]
    public void Add_gives_both_ends_the_size_of_packets_that_the_agent_found(int? found, int size)
    {
        (_node.Facts with { OffloadSize = found }).Write(_node.RunDir);
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);

        var expected = new OffloadSizes(size, size, size, size);
        Assert.Equal(expected, pod.Netlink.Links.Get("eth0").OffloadSizes);
        Assert.Equal(expected, _node.Host.Netlink.Links.Get(Assert.Single(_node.Store.List()).HostInterfaceName).OffloadSizes);
    }

    [Fact]
    public void Add_prepares_the_host_side()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);
        EndpointRecord record = Assert.Single(_node.Store.List());
        Rtnetlink host = _node.Host.Netlink;

        Link link = host.Links.Get(record.HostInterfaceName);
        Assert.Equal((true, TestNode.Mtu, record.HostMac, record.HostInterfaceIndex), (link.IsUp, link.Mtu, link.Mac, link.Index));
        Assert.Empty(host.Addresses.List(link.Index));
        foreach (IPAddress address in record.Addresses)
        {
            Route route = Assert.Single(host.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }), r => r.Destination.BaseAddress.Equals(address));
            Assert.Equal((AttachmentBuilder.HostPrefix(address), link.Index), (route.Destination, route.LinkIndex));
            Assert.Contains(new Neighbour { LinkIndex = link.Index, Address = address, Mac = record.PodMac }, host.Neighbours.List(link.Index));
        }

        TcFilter fromPod = Assert.Single(host.TrafficControl.List(link.Index, TcDirection.Ingress));
        TcFilter toPod = Assert.Single(host.TrafficControl.List(link.Index, TcDirection.Egress));
        Assert.Equal(("netweir/from_pod", _node.FromPodId, 1u, (ushort)1, true), (fromPod.Name, fromPod.ProgramId, fromPod.Handle, fromPod.Priority, fromPod.DirectAction));
        Assert.Equal(("netweir/to_pod", _node.ToPodId, 1u, (ushort)1, true), (toPod.Name, toPod.ProgramId, toPod.Handle, toPod.Priority, toPod.DirectAction));
        _node.Host.Handle.Run(() =>
        {
            Assert.Equal("2", Sysctl.Read($"net/ipv4/conf/{link.Name}/rp_filter"));
            Assert.Equal("0", Sysctl.Read($"net/ipv6/conf/{link.Name}/accept_ra"));
            Assert.Equal("1", Sysctl.Read($"net/ipv6/conf/{link.Name}/addr_gen_mode"));
        });
        using EndpointMap map = _node.OpenMap();
        Assert.Equal(record.Addresses.Select(a => a.ToString()).Order(), map.Addresses().Select(a => a.ToString()).Order());
        Assert.All(record.Addresses, a => Assert.Equal(new EndpointEntry(link.Index, record.PodMac, record.HostMac), map.Find(a)));
    }

    [Fact]
    public void Add_records_whose_interface_it_is()
    {
        TestNamespace pod = _node.NewPod();
        PluginResult result = _node.Run("ADD", "c1", pod, _node.Config(more: ""","runtimeConfig":{"portMappings":[{"HostPort":8080,"ContainerPort":80,"Protocol":"tcp","HostIP":"127.0.0.1"}]}"""));
        Assert.Equal(0, result.ExitCode);

        EndpointRecord record = Assert.Single(_node.Store.List());
        Assert.Equal(("default", "pod-c1", "uid-c1", "netweir", EndpointState.Ready), (record.PodNamespace, record.PodName, record.PodUid, record.Network, record.State));
        Assert.Equal((pod.Path, pod.Handle.Inode, BootId.Read()), (record.NetworkNamespacePath, record.NetworkNamespaceInode, record.BootId));
        Assert.Equal(new PortMapping { HostPort = 8080, ContainerPort = 80, Protocol = "tcp", HostIP = "127.0.0.1" }, Assert.Single(record.PortMappings));
    }

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public void Add_reports_in_the_form_of_the_version(string version)
    {
        TestNamespace pod = _node.NewPod();
        PluginResult result = _node.Run("ADD", "c1", pod, _node.Config(version));
        Assert.True(result.ExitCode == 0, result.Text);
        EndpointRecord record = Assert.Single(_node.Store.List());
        bool tagged = version is "0.3.1" or "0.4.0";
        bool detailed = version == "1.1.0";
        string mtu = detailed ? ",\"mtu\":1450" : string.Empty;
        string scope = detailed ? ",\"scope\":253" : string.Empty;
        string four = tagged ? "\"version\":\"4\"," : string.Empty;
        string six = tagged ? "\"version\":\"6\"," : string.Empty;

        string interfaces = $$"""[{"name":"{{record.HostInterfaceName}}","mac":"{{record.HostMac}}"{{mtu}} },{"name":"eth0","mac":"{{record.PodMac}}"{{mtu}},"sandbox":"{{pod.Path}}"}]""";
        string ips = $$"""[{ {{four}}"address":"10.244.1.1/32","gateway":"169.254.1.1","interface":1},{ {{six}}"address":"fd00:10:244:1::1/128","gateway":"fe80::1","interface":1}]""";
        string routes = $$"""[{"dst":"169.254.1.1/32"{{scope}} },{"dst":"0.0.0.0/0","gw":"169.254.1.1"},{"dst":"::/0","gw":"fe80::1"}]""";
        string expected = $$"""{"cniVersion":"{{version}}","interfaces":{{interfaces}},"ips":{{ips}},"routes":{{routes}},"dns":{} }""";
        Assert.Equal(expected.Replace(" ", string.Empty, StringComparison.Ordinal), result.Text);
    }

    [Fact]
    public void Pods_reach_host_and_one_another_through_the_host()
    {
        TestNamespace one = _node.NewPod();
        TestNamespace two = _node.NewPod();
        _node.Add("c1", one);
        _node.Add("c2", two);
        _node.Host.Handle.Run(() =>
        {
            Sysctl.Write("net/ipv4/ip_forward", "1");
            Sysctl.Write("net/ipv6/conf/all/forwarding", "1");
        });

        foreach ((int position, string family) in (ReadOnlySpan<(int, string)>)[(0, "IPv4"), (1, "IPv6")])
        {
            IPAddress target = _node.Store.Find(new AttachmentKey("c2", "eth0"))!.Addresses[position];
            IPAddress source = _node.Store.Find(new AttachmentKey("c1", "eth0"))!.Addresses[position];
            Assert.True(source.Equals(Exchange.FirstMessage(one, two, target)), $"{family}: {target} saw another source than {source}");
        }
    }

    [Fact]
    public void Del_removes_everything_and_can_be_repeated()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);

        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), _node.Run("DEL", "c1", pod));

        _node.AssertEmpty();
        Assert.Null(pod.Netlink.Links.Find("eth0"));
        Assert.Equal(0, _node.Run("DEL", "c1", pod).ExitCode);
        Assert.Equal(0, _node.Run("DEL", "never-seen", null).ExitCode);
    }

    [Fact]
    public void Del_works_without_namespace_record_and_bpffs()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);
        _node.Add("c2", _node.NewPod());
        pod.Dispose();
        File.Delete(Path.Combine(_node.StateDir, "endpoints", "c2:eth0.json"));
        _node.UnmountBpf();

        Assert.Equal(0, _node.Run("DEL", "c1", null).ExitCode);
        Assert.Equal(0, _node.Run("DEL", "c2", null).ExitCode);

        _node.AssertEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Del_with_a_record_that_cannot_be_read_leaves_no_map_entry(bool interfaceIsThere)
    {
        TestNamespace other = _node.NewPod();
        JsonElement result = _node.Add("c2", other);
        _node.Add("c1", _node.NewPod());
        File.WriteAllText(Path.Combine(_node.StateDir, "endpoints", "c1:eth0.json"), "{\"containerId\":");
        if (!interfaceIsThere)
        {
            _node.Host.Netlink.Links.Delete(new AttachmentKey("c1", "eth0").HostInterfaceName);
        }

        Assert.Equal(0, _node.Run("DEL", "c1", null).ExitCode);

        using EndpointMap map = _node.OpenMap();
        Assert.Equal(_node.Store.List().Single().Addresses.Order(ByText), map.Addresses().Order(ByText));
        Assert.Equal(0, _node.Check("c2", other, result).ExitCode);
    }

    [Fact]
    public void Del_of_one_pod_leaves_the_other_connected()
    {
        _node.Add("c1", _node.NewPod());
        TestNamespace pod = _node.NewPod();
        JsonElement result = _node.Add("c2", pod);

        _node.Run("DEL", "c1", null);

        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), _node.Check("c2", pod, result));
    }

    [Fact]
    public void Status_is_good_until_something_is_missing()
    {
        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), _node.Run("STATUS", string.Empty, null));
        _node.UnmountBpf();
        PluginResult status = _node.Run("STATUS", string.Empty, null);
        Assert.Equal((1, 50), (status.ExitCode, status.ErrorCode));
        Assert.Contains("programs/from_pod", status.Message, StringComparison.Ordinal);
        Assert.Equal(11, _node.Run("ADD", "c1", _node.NewPod()).ErrorCode);
    }

    [Fact]
    public void Status_without_programs_tells_whether_pods_suffer()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);
        EndpointRecord record = _node.Store.List()[0];
        _node.UnmountBpf();

        PluginResult status = _node.Run("STATUS", string.Empty, null);
        Assert.Equal((1, 51), (status.ExitCode, status.ErrorCode));
        Assert.Contains("programs/from_pod", status.Message, StringComparison.Ordinal);
        Assert.Contains("limited connectivity", status.Message, StringComparison.Ordinal);

        _node.Store.Save(record with { State = EndpointState.Creating });
        Assert.Equal(50, _node.Run("STATUS", string.Empty, null).ErrorCode);
        _node.Store.Save(record with { BootId = "another-boot" });
        Assert.Equal(50, _node.Run("STATUS", string.Empty, null).ErrorCode);
        _node.Store.Save(record);
        pod.Dispose();
        Assert.Equal(50, _node.Run("STATUS", string.Empty, null).ErrorCode);
    }

    [Fact]
    public void Missing_node_facts_do_not_limit_the_pods_that_run()
    {
        _node.Add("c1", _node.NewPod());
        File.Delete(Path.Combine(_node.RunDir, NodeFacts.FileName));

        Assert.Equal(50, _node.Run("STATUS", string.Empty, null).ErrorCode);
    }

    [Fact]
    public void Second_add_of_a_connected_pod_is_refused_and_harms_nothing()
    {
        TestNamespace pod = _node.NewPod();
        JsonElement result = _node.Add("c1", pod);

        PluginResult again = _node.Run("ADD", "c1", pod);

        Assert.Equal((1, 103), (again.ExitCode, again.ErrorCode));
        Assert.Equal(0, _node.Check("c1", pod, result).ExitCode);
    }

    [Fact]
    public void Add_to_a_namespace_that_is_gone_says_container_unknown()
    {
        TestNamespace pod = _node.NewPod();
        pod.Dispose();

        Assert.Equal(3, _node.Run("ADD", "c1", pod).ErrorCode);
        _node.AssertEmpty();
    }

    [Fact]
    public void Ipv6_is_switched_on_for_the_interface_where_the_pod_has_it_off()
    {
        TestNamespace pod = _node.NewPod();
        Sysctl.Write(pod.Handle, "net/ipv6/conf/all/disable_ipv6", "1");

        _node.Add("c1", pod);

        Assert.Contains(pod.Netlink.Addresses.List(), a => a.Address.Equals(IPAddress.Parse("fd00:10:244:1::1")));
    }

    [Fact]
    public void Interface_name_that_is_taken_in_the_pod_fails_and_leaves_nothing()
    {
        TestNamespace pod = _node.NewPod();
        pod.Netlink.Links.CreateVeth(new VethSpec { Name = "eth0", PeerName = "other" });

        PluginResult result = _node.Run("ADD", "c1", pod);

        Assert.Equal((1, 101), (result.ExitCode, result.ErrorCode));
        Assert.Contains("EEXIST", result.Message, StringComparison.Ordinal);
        _node.AssertEmpty();
        Assert.NotNull(pod.Netlink.Links.Find("eth0"));
    }
}
