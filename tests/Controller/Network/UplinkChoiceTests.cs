using System.Net;
using Netweir.Netlink;

namespace Netweir.Controller.Tests;

public sealed class UplinkChoiceTests
{
    private static readonly NodeFacts Own = Make.Node("own", "10.0.0.1", "fd00::1");
    private readonly List<string> _problems = [];

    [Fact]
    public void Devices_of_default_routes_and_of_InternalIPs_are_uplinks()
    {
        var uplinks = UplinkChoice.Compute(Facts(), Own, [], _problems);

        Assert.Equal(["eth0", "eth1"], uplinks.Select(u => u.Name));
    }

    [Fact]
    public void An_uplinks_source_is_the_InternalIP_where_it_has_it()
    {
        var uplinks = UplinkChoice.Compute(Facts(), Own, [], _problems);

        Assert.Equal(new Uplink(2, "eth0", 1500, IPAddress.Parse("203.0.113.5"), IPAddress.Parse("fd00::1")), uplinks[0]);
        Assert.Equal(new Uplink(3, "eth1", 9000, IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")), uplinks[1]);
    }

    [Fact]
    public void Named_uplinks_replace_what_would_be_found()
    {
        Assert.Equal(["eth2"], UplinkChoice.Compute(Facts(), Own, ["eth2"], _problems).Select(u => u.Name));
        Assert.Empty(_problems);
    }

    [Fact]
    public void A_named_uplink_that_does_not_exist_is_reported()
    {
        Assert.Empty(UplinkChoice.Compute(Facts(), Own, ["bond0"], _problems));
        Assert.Equal("--uplink: this node has no interface 'bond0'", Assert.Single(_problems));
    }

    [Fact]
    public void Loopback_and_Netweirs_own_devices_are_never_uplinks()
    {
        Assert.Empty(UplinkChoice.Compute(Facts(), Own, ["lo", "nw_host"], _problems));
    }

    private static HostFacts Facts() => new()
    {
        Links =
        [
            Link(1, "lo", 65536, LinkFlags.Loopback | LinkFlags.Up), Link(2, "eth0", 1500), Link(3, "eth1", 9000), Link(4, "eth2", 1500),
            Link(5, "nw_host", 1500),
        ],
        Addresses =
        [
            Address(1, "127.0.0.1"), Address(2, "203.0.113.6", AddressFlags.Secondary), Address(2, "203.0.113.5"),
            Address(3, "10.0.0.9"), Address(3, "10.0.0.1"), Address(3, "fd00::1"),
            new InterfaceAddress { LinkIndex = 3, Address = IPAddress.Parse("fe80::1"), PrefixLength = 64, Scope = RouteScope.Link },
        ],
        DefaultRoutes = [new Route { Destination = IPNetwork.Parse("0.0.0.0/0"), LinkIndex = 2, Gateway = IPAddress.Parse("203.0.113.1") }],
    };

    private static Link Link(int index, string name, int mtu, LinkFlags flags = LinkFlags.Up) => new() { Index = index, Name = name, Mtu = mtu, Flags = flags };

    private static InterfaceAddress Address(int link, string address, AddressFlags flags = AddressFlags.Permanent) =>
        new() { LinkIndex = link, Address = IPAddress.Parse(address), PrefixLength = 24, Flags = flags };
}
