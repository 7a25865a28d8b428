using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;
using Netweir.Support.Lab;
using Xunit.Abstractions;

namespace Netweir.Controller.Tests;

/// <summary>What happens to uplinks is followed within two seconds, without a restart. The times are printed.</summary>
public sealed class AgentUplinkTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void A_rename_another_MTU_and_another_address_are_followed()
    {
        _agent.Ready("--routing", "direct");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        var index = (uint)_agent.Node.Uplink;
        var links = Links(index);
        Assert.Equal(2, links.Count);

        // A device that is up is renamed by kernels since 6.2, as udev does.
        Followed("renamed", () => Ip("link", "set", "eth0", "name", "lan0"), () => _agent.Output.Contains("Uplinks: lan0 (", StringComparison.Ordinal));
        Assert.Equal(links, Links(index));

        Followed("a smaller MTU", () => Ip("link", "set", "lan0", "mtu", "1400"), () => Mtu() == 1400 && PodMtu() == 1400 && HostMtu() == 1400);
        Followed("a larger MTU", () => Ip("link", "set", "lan0", "mtu", "9000"), () => Mtu() == 9000 && PodMtu() == 9000 && HostMtu() == 9000);

        Followed("another address", () =>
        {
            Ip("address", "del", "10.0.0.1/24", "dev", "lan0");
            Ip("address", "add", "10.0.0.5/24", "dev", "lan0");
            Ip("route", "replace", "default", "via", "10.0.0.254", "dev", "lan0");
            _agent.Apply("own", "10.0.0.5", "10.244.0.0/24");
        }, () => maps.Uplinks.TryLookup(index, out var uplink) && uplink.Ipv4.ToString() == "10.0.0.5" && Source("10.244.1.0/24") == "10.0.0.5");
        // The node's address is a constant of the programs: they were replaced in place.
        Assert.Equal(links.Select(l => l.Hook), Links(index).Select(l => l.Hook));
        _agent.WaitReady();

        uint Mtu() => maps.Uplinks.TryLookup(index, out var uplink) ? uplink.Mtu : 0;
        int PodMtu() => Endpoints.NodeFacts.Read(_agent.RunDir).Mtu;
        int HostMtu() => _agent.Node.Netlink.Links.Get("nw_host").Mtu;
    }

    [Fact]
    public void An_uplink_that_goes_and_comes_back_is_an_uplink_again()
    {
        _agent.Ready("--routing", "direct");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        var programs = _agent.ProgramIds();

        Followed("gone", () => Ip("link", "del", "eth0"), () => _agent.Get("/readyz").Contains("[-] uplinks: no interface has a default route or an InternalIP", StringComparison.Ordinal));
        Assert.NotEmpty(_agent.Node.Netlink.Links.Find("nw_host")!.Name);
        Followed("back", () => Uplink("eth0", "10.0.0.1/24"), () => Attached("eth0", maps) && Routed("10.244.1.0/24", "eth0"));
        Assert.Equal(programs, _agent.ProgramIds());
        _agent.WaitReady();
    }

    [Fact]
    public void A_default_route_that_moves_takes_the_uplink_along()
    {
        _agent.Ready("--routing", "direct");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        Ip("address", "del", "fd00::1/64", "dev", "eth0");
        Uplink("eth1", "10.7.0.1/24", route: false);

        Followed("a second uplink", () => Ip("route", "replace", "default", "via", "10.7.0.254", "dev", "eth1"), () => Attached("eth1", maps));
        // It still has the node's address: both are uplinks.
        Assert.True(Attached("eth0", maps));
        Followed("the first one without address", () =>
        {
            Ip("address", "add", "10.0.0.1/32", "dev", "eth1");
            Ip("address", "flush", "dev", "eth0");
            Ip("-6", "route", "flush", "default");
        }, () => !Attached("eth0", maps) && Links((uint)_agent.Node.Uplink).Count == 0 && Attached("eth1", maps));
    }

    [Fact]
    public void A_named_uplink_that_is_renamed_is_told_and_taken_back_with_its_name()
    {
        _agent.Ready("--uplink", "eth0");
        Followed("renamed", () => Ip("link", "set", "eth0", "name", "lan0"), () => _agent.Get("/readyz").Contains("[-] uplinks: --uplink: this node has no interface 'eth0'", StringComparison.Ordinal));
        Assert.Equal(2, Links((uint)_agent.Node.Uplink).Count);
        Followed("named as before", () => Ip("link", "set", "lan0", "name", "eth0"), () => _agent.Get("/readyz").StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
    }

    private void Followed(string what, Action change, Func<bool> follows)
    {
        change();
        var took = _agent.WaitFor(follows, 30, $"following: {what}");
        output.WriteLine($"{took.TotalMilliseconds,6:F0} ms  {what}");
        Assert.True(took < Bound, $"{what}: it took {took}");
    }

    private void Uplink(string name, string address, bool route = true)
    {
        Ip("link", "add", name, "type", "veth", "peer", "name", name + "x");
        Ip("address", "add", address, "dev", name);
        Ip("link", "set", name + "x", "up");
        Ip("link", "set", name, "up");
        if (route)
        {
            Ip("route", "replace", "default", "via", "10.0.0.254", "dev", name);
        }
    }

    private bool Attached(string name, NetweirMaps maps) => _agent.Node.Netlink.Links.Find(name) is { } link
        && Links((uint)link.Index).Count == 2 && maps.Uplinks.TryLookup((uint)link.Index, out _);

    private List<(string Hook, uint Program)> Links(uint index) =>
        [.. new LinkStore(_agent.Root).List().Where(l => l.Ifindex == index).Select(l => (l.Hook, l.ProgramId)).Order()];

    private bool Routed(string cidr, string device) => _agent.Node.OwnRoutes().Exists(r => r.Destination.ToString() == cidr && r.LinkIndex == _agent.Node.Netlink.Links.Get(device).Index);

    private string? Source(string cidr) => _agent.Node.OwnRoutes().Find(r => r.Destination.ToString() == cidr)?.PreferredSource?.ToString();

    private void Ip(params string[] arguments) => Command.Run(["ip", .. arguments], _agent.Node.Namespace).Checked();
}
