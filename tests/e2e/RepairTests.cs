using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>What others remove from the node is back within two seconds.</summary>
public sealed class RepairTests(VxlanLab lab) : IClassFixture<VxlanLab>
{
    /// <summary>Longer than promised, for machines that are busy otherwise.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task Flushed_routes_are_repaired()
    {
        using var netlink = Rtnetlink.Open(lab.NodeA.Namespace);
        var before = Routes();
        Assert.NotEmpty(before);
        lab.NodeA.Run("ip", "-4", "route", "flush", "proto", $"{RouteProtocol.Netweir}").Checked();
        lab.NodeA.Run("ip", "-6", "route", "flush", "proto", $"{RouteProtocol.Netweir}").Checked();
        await Wait.UntilAsync("the routes are back", InTime, () => Routes() == before);
        await HostReachesAllAsync();

        string Routes() => string.Join('\n', netlink.Routes.List(new RouteFilter { Protocol = RouteProtocol.Netweir }).Select(r => r.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("nw_net")]
    [InlineData("pod")]
    public async Task Removed_programs_are_repaired(string device)
    {
        using var netlink = Rtnetlink.Open(lab.NodeA.Namespace);
        var link = device == "pod" ? netlink.Links.List().First(l => l.Kind == "veth" && l.LinkNamespaceId is not null && l.Name != "eth0") : netlink.Links.Get(device);
        var before = Filter();
        Assert.NotEqual(0u, before);
        lab.NodeA.Run("tc", "filter", "del", "dev", link.Name, "ingress").Checked();
        await Wait.UntilAsync($"the program of {link.Name} is back", InTime, () => Filter() == before);
        lab.NodeA.Run("tc", "qdisc", "del", "dev", link.Name, "clsact").Checked();
        await Wait.UntilAsync($"clsact and the program of {link.Name} are back", InTime, () => Filter() == before);
        await HostReachesAllAsync();

        uint Filter() => netlink.TrafficControl.Find(link.Index, TcDirection.Ingress)?.ProgramId ?? 0;
    }

    [Fact]
    public async Task Removed_neighbours_are_repaired()
    {
        using var netlink = Rtnetlink.Open(lab.NodeA.Namespace);
        var index = netlink.Links.Get("nw_host").Index;
        var before = Gateways();
        Assert.Equal(2, before.Length);
        foreach (var gateway in before)
        {
            Assert.True(netlink.Neighbours.Delete(gateway));
        }

        await Wait.UntilAsync("the gateways' entries are back", InTime, () => Gateways().SequenceEqual(before));
        await HostReachesAllAsync();

        Neighbour[] Gateways() => [.. netlink.Neighbours.List(index).Where(n => n.State == NeighbourState.Permanent).OrderBy(n => n.Address.ToString(), StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_removed_device_is_repaired()
    {
        lab.NodeA.Run("ip", "link", "del", "nw_host").Checked();
        await Wait.UntilAsync("host and pods reach services again", InTime, async () =>
        {
            await HostReachesAllAsync();
            return true;
        });
    }

    private async Task HostReachesAllAsync()
    {
        foreach (var ipv6 in (bool[])[false, true])
        {
            foreach (var target in (System.Net.IPEndPoint[])[lab.A1.EndPoint(ipv6), lab.B1.EndPoint(ipv6), lab.OnlyA2.EndPoint(ipv6), lab.OnlyB1.EndPoint(ipv6)])
            {
                await lab.NodeA.TcpAsync(target);
            }

            await lab.A1.TcpAsync(lab.OnlyB1.EndPoint(ipv6));
        }
    }
}
