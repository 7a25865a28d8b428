using System.Net;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class ExternalRoutePlanTests
{
    private const int Host = 7;
    private static readonly NodeFacts Own = Make.Node("own", "10.0.0.1", "fd00::1", "10.244.0.0/24", "fd01:0::/64");
    private static readonly NodeFacts Peer = Make.Node("peer", "10.0.0.2", "fd00::2", "10.244.1.0/24", "fd01:1::/64");

    [Fact]
    public void Addresses_go_to_the_datapath_with_the_InternalIP_as_source_in_a_table_of_their_own()
    {
        var routes = Plan([], "203.0.113.9", "2001:db8::9");

        Assert.Equal(["2001:db8::9/128", "203.0.113.9/32"], routes.Select(r => r.Destination.ToString()).Order());
        var ipv4 = routes.Single(r => r.IsIPv4);
        Assert.Equal((NetworkNames.GatewayIPv4, Host, IPAddress.Parse("10.0.0.1")), (ipv4.Gateway!, ipv4.LinkIndex, ipv4.PreferredSource!));
        Assert.Equal((true, NetworkNames.ExternalTable, 1450), (ipv4.OnLink, ipv4.Table, ipv4.Mtu));
        Assert.Equal(IPAddress.Parse("fd00::1"), routes.Single(r => !r.IsIPv4).PreferredSource);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.77")]
    [InlineData("10.0.0.2")]
    [InlineData("fd00::2")]
    [InlineData("10.96.0.9")]
    public void Addresses_of_nodes_and_service_ranges_have_their_way(string address)
    {
        var problems = new List<string>();

        Assert.Empty(Plan(problems, address));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("10.0.0.100", "the API is reached there")]
    [InlineData("10.244.1.9", "it is one of the pod range 10.244.1.0/24")]
    [InlineData("fd01:1::9", "it is one of the pod range fd01:1::/64")]
    [InlineData("127.0.0.1", "127.0.0.0/8 is reserved")]
    [InlineData("::1", "::1/128 is reserved")]
    [InlineData("169.254.169.254", "169.254.0.0/16 is reserved")]
    [InlineData("fe80::1", "fe80::/10 is reserved")]
    [InlineData("224.0.0.1", "224.0.0.0/4 is reserved")]
    [InlineData("255.255.255.255", "255.255.255.255/32 is reserved")]
    [InlineData("ff02::1", "ff00::/8 is reserved")]
    [InlineData("0.0.0.0", "0.0.0.0/8 is reserved")]
    [InlineData("::", "::/128 is reserved")]
    public void Addresses_that_no_service_should_have_are_told(string address, string why)
    {
        var problems = new List<string>();

        Assert.Empty(Plan(problems, address));
        Assert.Contains($"service address {address} is not served to this host's processes: {why}", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_without_an_InternalIP_gets_no_route()
    {
        var inputs = Inputs() with { Own = Make.Node("own", "10.0.0.1", "10.244.0.0/24") };

        Assert.Empty(ExternalRoutePlan.Routes(inputs, Set("2001:db8::9"), Set(), Host, _ => null, []));
    }

    [Fact]
    public void Rules_ask_the_table_for_this_hosts_own_packets_to_ports()
    {
        var rules = ExternalRoutePlan.Rules(Plan([], "203.0.113.9", "203.0.113.10"));

        Assert.Equal([6, 17, 132], rules.Select(r => (int)r.IpProtocol));
        Assert.All(rules, r => Assert.Equal((true, "lo", NetworkNames.ExternalTable, 1, 65534), (r.IsIPv4, r.IncomingInterface, r.Table, r.DestinationPorts.First, r.DestinationPorts.Last)));
        Assert.Empty(ExternalRoutePlan.Rules([]));
    }

    private static IReadOnlyList<Route> Plan(List<string> problems, params string[] addresses) =>
        ExternalRoutePlan.Routes(Inputs(), Set(addresses), Set("10.0.0.100"), Host, _ => 1450, problems);

    private static HashSet<IPAddress> Set(params string[] addresses) => [.. addresses.Select(IPAddress.Parse)];

    private static NodeInputs Inputs() => new()
    {
        Own = Own,
        Peers = [Peer],
        ServiceCidrs = [IPNetwork.Parse("10.96.0.0/16")],
        Host = new HostFacts
        {
            Links = [],
            Addresses = [.. new[] { "10.0.0.1", "10.0.0.77" }.Select(a => new InterfaceAddress { LinkIndex = 2, Address = IPAddress.Parse(a), PrefixLength = 24 })],
            DefaultRoutes = [],
        },
        Uplinks = [],
    };
}
