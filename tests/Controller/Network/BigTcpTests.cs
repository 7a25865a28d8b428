using System.Net;
using Netweir.Netlink;

namespace Netweir.Controller.Tests;

public sealed class BigTcpTests
{
    private static readonly OffloadSizes Sizes = new(65536, 65536, 65536, 65536);
    private readonly List<string> _problems = [];

    [Fact]
    public void Devices_are_the_uplinks_and_what_they_are_made_of()
    {
        IReadOnlyList<Link> links =
        [
            Link(1, "lo"), Link(2, "eth0", master: 4), Link(3, "eth1", master: 4), Link(4, "bond0", kind: "bond"), Link(5, "bond0.7", kind: "vlan", peer: 4),
            Link(6, "eth2"), Link(7, "up", kind: "veth", peer: 8), Link(8, "down", kind: "veth", peer: 7), Link(9, "mv", kind: "macvlan", peer: 6, ns: 0),
        ];

        Assert.Equal(["eth0", "eth1", "bond0", "bond0.7"], Names(links, 5));
        Assert.Equal(["up"], Names(links, 7));
        // Its lower device is in another namespace: the ifindex is another device's here.
        Assert.Equal(["mv"], Names(links, 9));
    }

    [Theory]
    [InlineData(524280, 196608)]
    [InlineData(131072, 131072)]
    public void Size_is_what_every_device_takes_but_192_KiB_at_most(int smallest, int size)
    {
        Assert.Equal(size, Size(true, [Link(1, "eth0"), Link(2, "eth1") with { TsoMaxSize = smallest }], Direct));
        Assert.Empty(_problems);
    }

    [Fact]
    public void It_is_off_unless_asked_for()
    {
        Assert.Equal(0, Size(false, [Link(1, "eth0")], Direct));
        Assert.Empty(_problems);
    }

    [Fact]
    public void One_device_that_takes_no_more_than_usual_is_told_of()
    {
        Assert.Equal(0, Size(true, [Link(1, "eth0"), Link(2, "eth1") with { TsoMaxSize = 65536 }], Direct));
        Assert.Equal("--big-tcp is not in use: eth1 takes no packets of more than 65536 bytes (tso_max_size in 'ip -d link'): that is its driver's limit", Assert.Single(_problems));
    }

    [Fact]
    public void A_node_without_an_uplink_is_told_of()
    {
        Assert.Equal(0, Size(true, [], Direct));
        Assert.Equal("--big-tcp is not in use: this node has no uplink", Assert.Single(_problems));
    }

    [Fact]
    public void A_kernel_without_it_is_told_of()
    {
        Assert.Equal(0, Size(true, [Link(1, "eth0") with { OffloadSizes = Sizes with { GroIPv4 = 0 } }], Direct));
        Assert.Contains("Linux 6.3 or later", Assert.Single(_problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_behind_a_tunnel_is_told_of()
    {
        Assert.Equal(0, Size(true, [Link(1, "eth0")], Direct with { IPv6 = new Way(WayKind.VxlanToNeighbour, IPAddress.Parse("10.0.0.2"), 1, 1450) }));
        Assert.StartsWith("--big-tcp is not in use: node b is reached by VXLAN", Assert.Single(_problems), StringComparison.Ordinal);
    }

    private static PeerWays Direct => new()
    {
        Peer = Make.Node("b", "10.0.0.2"),
        IPv4 = new Way(WayKind.Direct, IPAddress.Parse("10.0.0.2"), 1, 1500),
        IPv6 = Way.None,
    };

    private static IEnumerable<string> Names(IReadOnlyList<Link> links, int uplink) =>
        BigTcp.Devices(links, [new Uplink(uplink, "", 1500, null, null)]).Select(l => l.Name);

    private int Size(bool wanted, IReadOnlyList<Link> devices, PeerWays peer)
    {
        var options = new OptionsBuilder { BigTcp = wanted }.Build(OptionsSurroundings.OfThisProcess());
        return BigTcp.Size(options, devices, [peer], _problems);
    }

    private static Link Link(int index, string name, string? kind = null, int? peer = null, int? master = null, int? ns = null) => new()
    {
        Index = index,
        Name = name,
        Flags = LinkFlags.Up,
        Mtu = 1500,
        Kind = kind,
        PeerIndex = peer,
        Master = master,
        LinkNamespaceId = ns,
        TsoMaxSize = 524280,
        OffloadSizes = Sizes,
    };
}
