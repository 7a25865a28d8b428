using System.Net;
using Netweir.Endpoints;
using Netweir.Maps;
using Netweir.Netlink;

namespace Netweir.Controller.Tests;

public sealed class HostPortTests
{
    private static readonly HashSet<IPAddress> Node = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")];
    private readonly List<string> _problems = [];

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Port_without_an_address_is_on_all_of_the_node_in_the_pods_families(string? hostIP)
    {
        var both = Ports(Pod("web", ["10.244.0.7", "fd01::7"], Map(8080, 80, hostIP)));
        var one = Ports(Pod("web", ["10.244.0.7"], Map(8080, 80, hostIP)));

        Assert.Equal(["default/pod/web:8080/TCP 0.0.0.0:8080->10.244.0.7:80 [::]:8080->[fd01::7]:80"], both);
        Assert.Equal(["default/pod/web:8080/TCP 0.0.0.0:8080->10.244.0.7:80"], one);
        Assert.Empty(_problems);
    }

    [Fact]
    public void Port_with_an_address_is_on_that_one()
    {
        var ports = Ports(Pod("web", ["10.244.0.7", "fd01::7"], Map(8080, 80, "127.0.0.1"), Map(8080, 80, "10.0.0.1"), Map(53, 5353, "fd00::1", "UDP"), Map(9, 9, "10.0.0.1", "sctp")));

        Assert.Equal(
            [
                "default/pod/web:53@fd00::1/UDP [fd00::1]:53->[fd01::7]:5353",
                "default/pod/web:8080@10.0.0.1/TCP 10.0.0.1:8080->10.244.0.7:80",
                "default/pod/web:8080@127.0.0.1/TCP 127.0.0.1:8080->10.244.0.7:80",
                "default/pod/web:9@10.0.0.1/SCTP 10.0.0.1:9->10.244.0.7:9",
            ],
            ports);
    }

    [Fact]
    public void One_port_on_several_addresses_and_protocols_belongs_to_several_pods()
    {
        var ports = Ports(
            Pod("one", ["10.244.0.7"], Map(54321, 8080, "127.0.0.1")), Pod("two", ["10.244.0.8"], Map(54321, 8080, "10.0.0.1")),
            Pod("three", ["10.244.0.9"], Map(54321, 8080, "10.0.0.1", "udp")), Pod("four", ["10.244.0.10"], Map(54321, 8080)));

        Assert.Equal(4, ports.Count);
        Assert.Empty(_problems);
    }

    [Fact]
    public void The_younger_of_two_pods_has_the_port_in_any_order()
    {
        var old = Pod("old", ["10.244.0.7"], Map(80, 8080), Map(81, 8080)) with { Created = DateTimeOffset.UnixEpoch };
        var young = Pod("young", ["10.244.0.8"], Map(80, 8080)) with { Created = DateTimeOffset.UnixEpoch.AddSeconds(1) };
        string[] expected = ["default/pod/old:81/TCP 0.0.0.0:81->10.244.0.7:8080", "default/pod/young:80/TCP 0.0.0.0:80->10.244.0.8:8080"];

        Assert.Equal(expected, Ports(old, young));
        Assert.Equal(expected, Ports(young, old));
        Assert.Equal("pod default/old: host port 80/tcp is not served: pod default/young, which is younger, has it; remove one of the two", _problems[0]);
    }

    [Fact]
    public void A_sandbox_and_its_successor_are_one_service_without_a_problem()
    {
        var old = Pod("web", ["10.244.0.7", "fd01::7"], Map(80, 8080)) with { Created = DateTimeOffset.UnixEpoch };
        var young = Pod("web", ["10.244.0.8"], Map(80, 8080)) with { ContainerId = "c2", Created = DateTimeOffset.UnixEpoch.AddSeconds(1) };

        Assert.Equal(["default/pod/web:80/TCP 0.0.0.0:80->10.244.0.8:8080"], Ports(old, young));
        Assert.Empty(_problems);
    }

    [Fact]
    public void Pods_of_the_same_moment_have_an_order()
    {
        var (one, two) = (Pod("one", ["10.244.0.7"], Map(80, 80)), Pod("two", ["10.244.0.8"], Map(80, 80)));

        Assert.Equal(Ports(one, two), Ports(two, one));
        Assert.Single(Ports(one, two));
    }

    [Theory]
    [InlineData("192.0.2.1", "this node does not have that address")]
    [InlineData("fd00::1", "the pod has no IPv6 address")]
    [InlineData("nonsense", "hostIP 'nonsense' is not an IP address")]
    public void What_cannot_be_served_is_told_and_the_rest_is(string hostIP, string why)
    {
        var ports = Ports(Pod("web", ["10.244.0.7"], Map(80, 8080, hostIP), Map(81, 8080)));

        Assert.Equal(["default/pod/web:81/TCP 0.0.0.0:81->10.244.0.7:8080"], ports);
        Assert.Contains(why, Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Localhost_is_served_only_where_it_is_switched_on()
    {
        var pod = Pod("web", ["10.244.0.7"], Map(80, 8080, "127.0.0.1"));

        Assert.Single(HostPortClaims.Compute([pod], Node, localhost: true, _problems));
        Assert.Empty(HostPortClaims.Compute([pod], Node, localhost: false, _problems));
        Assert.Contains("--localhost-node-ports is false", Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_that_is_no_pods_is_named_by_its_network_and_id()
    {
        var ports = Ports(Pod("web", ["10.244.0.7"], Map(80, 8080)) with { PodName = null, PodNamespace = null });

        Assert.StartsWith("netweir/pod/c-web:80/TCP ", Assert.Single(ports), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_lists_of_a_frontend_are_the_pod()
    {
        var claims = HostPortClaims.Compute([Pod("web", ["10.244.0.7"], Map(80, 8080))], Node, localhost: true, _problems);
        var port = Assert.Single(Assert.Single(HostPortTable.Compute(claims)).Ports);

        var frontend = Assert.Single(port.Frontends);
        Assert.Equal([.. frontend.Inside], frontend.Outside);
        Assert.Equal((FrontendFlag.None, 0u), (frontend.Flags, frontend.AffinityTimeout));
        Assert.Equal(BackendFlag.ClusterList | BackendFlag.LocalList, Assert.Single(port.Backends).Lists);
    }

    private List<string> Ports(params EndpointRecord[] pods) =>
    [
        .. from service in HostPortTable.Compute(HostPortClaims.Compute(pods, Node, localhost: true, _problems))
           from port in service.Ports
           let frontends = port.Frontends.Select(f => $"{Text(f.Key)}->{Text(f.Inside.Single())}")
           orderby $"{port.Key}"
           select $"{port.Key} {string.Join(' ', frontends)}",
    ];

    private static string Text(FrontendKey key) => new IPEndPoint(key.Address.IsZero ? IPAddress.IPv6Any : key.Address.ToIPAddress(), key.Port.Value).ToString();

    private static PortMapping Map(int hostPort, int containerPort, string? hostIP = null, string protocol = "tcp") =>
        new() { HostPort = hostPort, ContainerPort = containerPort, HostIP = hostIP, Protocol = protocol };

    private static EndpointRecord Pod(string name, string[] addresses, params PortMapping[] mappings) => new()
    {
        ContainerId = $"c-{name}",
        InterfaceName = "eth0",
        Network = "netweir",
        NetworkNamespacePath = "/run/netns/none",
        NetworkNamespaceInode = 1,
        BootId = "boot",
        Addresses = [.. addresses.Select(IPAddress.Parse)],
        HostInterfaceName = "nw1",
        HostInterfaceIndex = 5,
        HostMac = MacAddress.Parse("02:00:00:00:00:02"),
        PodMac = MacAddress.Parse("02:00:00:00:00:01"),
        State = EndpointState.Ready,
        Created = DateTimeOffset.UnixEpoch,
        PodNamespace = "default",
        PodName = name,
        PortMappings = mappings,
    };
}
