using System.Net;
using Netweir.Ctl;
using Netweir.Endpoints;
using Netweir.Maps;
using Netweir.Netlink;

namespace Netweir.Loader.Tests;

public sealed class StatusVerdictTests
{
    private static readonly EndpointRecord s_pod = new()
    {
        ContainerId = "c1",
        InterfaceName = "eth0",
        Network = "netweir",
        NetworkNamespacePath = "/run/netns/c1",
        NetworkNamespaceInode = 1,
        BootId = "b",
        Addresses = [IPAddress.Parse("10.0.0.2")],
        HostInterfaceName = "nw1",
        HostInterfaceIndex = 7,
        HostMac = MacAddress.Parse("02:00:00:00:00:01"),
        PodMac = MacAddress.Parse("02:00:00:00:00:02"),
        State = EndpointState.Ready,
        Created = DateTimeOffset.UnixEpoch,
        PodNamespace = "shop",
        PodName = "cart-0",
    };

    private static readonly StatusReport s_healthy = new()
    {
        Programs = [new PinnedProgram("from_pod", 1, "", default)],
        Attachments =
        [
            new Attachment("from_netdev", 2, "eth0", "tcx", IsCurrent: true, IsDeviceGone: false),
            new Attachment("to_netdev", 2, "eth0", "tcx", IsCurrent: true, IsDeviceGone: false),
            new Attachment("from_pod", 7, "nw1", "tc", IsCurrent: true, IsDeviceGone: false),
            new Attachment("to_pod", 7, "nw1", "tc", IsCurrent: true, IsDeviceGone: false),
        ],
        Maps = [Fill(MapSpecs.Services, 10)],
        Drops = [new DropCount(DropReason.NoRoute, Hook.FromPod, 5, 300)],
        Records = [s_pod],
        Endpoints = new HashSet<Address> { Address.Parse("10.0.0.2") },
        Node = new NodeFacts { NodeName = "node-a", PodCidrs = [IPNetwork.Parse("10.0.0.0/24")], Mtu = 1450 },
        Agent = new AgentHealth("127.0.0.1:9869", true, "HTTP/1.1 200 OK", null),
        Uptime = TimeSpan.FromHours(1),
    };

    [Fact]
    public void Healthy_node_has_no_problem()
    {
        Assert.Empty(StatusVerdict.Problems(s_healthy));
        Assert.StartsWith("verdict        ok\n", OutputWriter.Write(StatusDocument.Create(s_healthy, []), OutputFormat.Table), StringComparison.Ordinal);
    }

    [Fact]
    public void Pod_without_its_programs_or_its_map_entry_is_named()
    {
        StatusReport report = s_healthy with { Attachments = [.. s_healthy.Attachments.Where(a => a.Hook != "to_pod")], Endpoints = new HashSet<Address>() };

        IReadOnlyList<string> problems = StatusVerdict.Problems(report);

        Assert.Equal(2, problems.Count);
        Assert.StartsWith("pod shop/cart-0: to_pod not attached at nw1", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("pod shop/cart-0: its address 10.0.0.2 is not in nw_endpoints", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Map_that_is_nearly_full_is_a_problem_unless_it_forgets_by_design()
    {
        StatusReport report = s_healthy with { Maps = [Fill(MapSpecs.Services, 60000), Fill(MapSpecs.Conntrack, 262144)] };

        Assert.StartsWith("map nw_services is 91 % full (60000 of 65536)", Assert.Single(StatusVerdict.Problems(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void Unfinished_upgrades_and_links_without_devices_are_told()
    {
        StatusReport report = s_healthy with
        {
            Attachments = [.. s_healthy.Attachments.Select(a => a.Hook == "from_pod" ? a with { IsCurrent = false } : a), new("from_netdev", 9, "#9", "tcx", true, true)],
        };

        IReadOnlyList<string> problems = StatusVerdict.Problems(report);

        Assert.Equal(2, problems.Count);
        Assert.StartsWith("from_pod at nw1 is not the program that is pinned", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("from_netdev is linked to device #9, which is gone", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Silent_agent_is_told_with_the_time_of_its_last_node_facts()
    {
        var agent = new AgentHealth("127.0.0.1:9869", false, null, DateTimeOffset.UnixEpoch);

        string problem = Assert.Single(StatusVerdict.Problems(s_healthy with { Agent = agent }));

        Assert.Contains("traffic still flows and pods can be added", problem, StringComparison.Ordinal);
        Assert.Contains("1970-01-01 00:00:00Z", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_agent_could_not_do_is_a_problem()
    {
        AgentHealth agent = s_healthy.Agent with { Complaints = ["service default/web is not programmed: nw_frontends is full"] };

        string problem = Assert.Single(StatusVerdict.Problems(s_healthy with { Agent = agent }));

        Assert.Contains("default/web", problem, StringComparison.Ordinal);
    }

    private static MapFill Fill(MapSpec spec, long entries) => new(spec, new MapInfo
    {
        Id = 1,
        Name = spec.Name,
        Type = spec.Type,
        KeySize = spec.KeySize,
        ValueSize = spec.ValueSize,
        MaxEntries = spec.MaxEntries,
        MapFlags = spec.MapFlags,
    }, entries);
}
