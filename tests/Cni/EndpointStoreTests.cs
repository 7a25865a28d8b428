using System.Net;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

public sealed class EndpointStoreTests : IDisposable
{
    private static readonly IPNetwork[] Small = [IPNetwork.Parse("10.0.0.0/29")];
    private static readonly IPNetwork[] Dual = [IPNetwork.Parse("10.0.0.0/24"), IPNetwork.Parse("fd00::/64")];
    private readonly string _directory = Directory.CreateTempSubdirectory("netweir-ipam-").FullName;
    private readonly TestNamespace _alive = new();
    private readonly EndpointStore _store;

    public EndpointStoreTests() => _store = new EndpointStore(_directory);

    public void Dispose()
    {
        _alive.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("10.0.0.0/29", "10.0.0.1", "10.0.0.6", 6)]
    [InlineData("10.0.0.8/31", "10.0.0.8", "10.0.0.9", 2)]
    [InlineData("10.0.0.8/32", "10.0.0.8", "10.0.0.8", 1)]
    [InlineData("0.0.0.0/0", "0.0.0.1", "255.255.255.254", 4294967294)]
    [InlineData("fd00::/126", "fd00::1", "fd00::3", 3)]
    [InlineData("fd00::/112", "fd00::1", "fd00::ffff", 65535)]
    [InlineData("fd00::8/128", "fd00::8", "fd00::8", 1)]
    [InlineData("fd00::/64", "fd00::1", "fd00::ffff:ffff:ffff:fffe", ulong.MaxValue - 1)]
    public void Range_leaves_out_network_and_broadcast_address(string cidr, string first, string last, ulong count)
    {
        var range = new AddressRange(IPNetwork.Parse(cidr));

        Assert.Equal((count, first, last), (range.Count, range[0].ToString(), range[range.Count - 1].ToString()));
        Assert.Equal(range.Count - 1, range.PositionOf(IPAddress.Parse(last)));
        Assert.Null(range.PositionOf(IPAddress.Parse("192.0.2.1")) is { } p && cidr != "0.0.0.0/0" ? p : null);
    }

    [Fact]
    public void Allocation_gives_one_address_of_each_family_and_writes_the_record()
    {
        EndpointRecord record = Allocate("c1", Dual);

        Assert.Equal(["10.0.0.1", "fd00::1"], record.Addresses.Select(a => a.ToString()));
        EndpointRecord read = _store.Find(record.Key)!;
        Assert.Equal(record, read with { Addresses = record.Addresses, PortMappings = record.PortMappings });
        Assert.Equal(record.Addresses, read.Addresses);
        Assert.Equal(record.PortMappings, read.PortMappings);
        Assert.Equal(record.Key, _store.OwnerOf(record.Addresses[1]));
        Assert.Equal((1, 254ul), _store.Usage(Dual[0]));
    }

    [Fact]
    public void Freed_address_is_used_again_as_late_as_possible()
    {
        EndpointRecord first = Allocate("c0", Small);
        _store.Release(first.Key);

        var given = new List<string>();
        for (int i = 1; i <= 6; i++)
        {
            EndpointRecord record = new EndpointStore(_directory).Allocate(new AttachmentKey($"c{i}", "eth0"), Small, a => Describe($"c{i}", a));
            given.Add(record.Addresses[0].ToString());
        }

        Assert.Equal(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.1"], given);
    }

    [Fact]
    public void Full_range_is_refused_with_range_count_and_remedy_and_frees_what_it_took()
    {
        IPNetwork[] uneven = [IPNetwork.Parse("10.0.0.0/24"), IPNetwork.Parse("fd00::/127")];
        Allocate("c1", uneven);

        var e = Assert.Throws<AddressesExhaustedException>(() => Allocate("c2", uneven));

        Assert.Contains("fd00::/127: all 1 usable", e.Message, StringComparison.Ordinal);
        Assert.Contains("maxPods", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, _store.Usage(uneven[0]).Used);
        Assert.Null(_store.Find(new AttachmentKey("c2", "eth0")));
    }

    [Fact]
    public void Full_range_takes_back_what_dead_pods_had()
    {
        for (int i = 0; i < 5; i++)
        {
            Allocate($"c{i}", Small);
        }

        var dead = new TestNamespace();
        _store.Allocate(new AttachmentKey("dead", "eth0"), Small, a => Describe("dead", a) with { NetworkNamespacePath = dead.Path, NetworkNamespaceInode = dead.Handle.Inode });
        Assert.Throws<AddressesExhaustedException>(() => Allocate("c6", Small));
        dead.Dispose();

        var reclaimed = new List<string>();
        EndpointRecord record = _store.Allocate(new AttachmentKey("c6", "eth0"), Small, a => Describe("c6", a), r => reclaimed.Add($"{r.ContainerId}, owner {_store.OwnerOf(r.Addresses[0])}"));

        Assert.Equal("10.0.0.6", record.Addresses[0].ToString());
        Assert.Equal(["dead, owner dead:eth0"], reclaimed);
    }

    [Fact]
    public void Reboot_takes_everything_back_at_the_first_allocation()
    {
        var before = new EndpointStore(_directory, "another-boot");
        for (int i = 0; i < 6; i++)
        {
            before.Allocate(new AttachmentKey($"old{i}", "eth0"), Small, a => Describe($"old{i}", a) with { BootId = before.BootId });
        }

        var reclaimed = new List<EndpointRecord>();
        _store.Allocate(new AttachmentKey("new", "eth0"), Small, a => Describe("new", a), reclaimed.Add);

        Assert.Equal("new", Assert.Single(_store.List()).ContainerId);
        Assert.Equal(1, _store.Usage(Small[0]).Used);
        Assert.Equal(6, reclaimed.Count);
    }

    [Fact]
    public void Release_leaves_other_peoples_addresses_alone_and_can_be_repeated()
    {
        EndpointRecord one = Allocate("c1", Dual);
        EndpointRecord two = Allocate("c2", Dual);
        _store.Save(one with { Addresses = two.Addresses });

        _store.Release(one.Key);
        _store.Release(one.Key);

        Assert.Equal(two.Key, _store.OwnerOf(two.Addresses[0]));
        Assert.Equal(two.Addresses, _store.Find(two.Key)!.Addresses);
        Assert.Null(_store.Find(one.Key));
    }

    [Fact]
    public void Release_finds_addresses_of_an_allocation_that_was_cut_off_before_its_record()
    {
        EndpointRecord record = Allocate("c1", Dual);
        File.Delete(Path.Combine(_directory, "endpoints", "c1:eth0.json"));

        _store.Release(record.Key);

        Assert.Equal(0, _store.Usage(Dual[0]).Used);
    }

    [Fact]
    public void Next_allocation_frees_the_addresses_of_one_that_was_cut_off_before_its_record()
    {
        EndpointRecord kept = Allocate("c1", Small);
        EndpointRecord cutOff = Allocate("c2", Small);
        File.Delete(Path.Combine(_directory, "endpoints", "c2:eth0.json"));
        File.WriteAllText(Path.Combine(_directory, "allocating"), string.Empty);

        EndpointRecord again = Allocate("c2", Small);

        Assert.Equal(2, _store.Usage(Small[0]).Used);
        Assert.Null(_store.OwnerOf(cutOff.Addresses[0]));
        Assert.Equal([kept.Key, again.Key], [_store.OwnerOf(kept.Addresses[0])!.Value, _store.OwnerOf(again.Addresses[0])!.Value]);
        Assert.False(File.Exists(Path.Combine(_directory, "allocating")));
    }

    [Fact]
    public void Record_in_the_making_is_deleted_with_its_attachment_alone()
    {
        EndpointRecord one = Allocate("c1", Dual);
        Allocate("x-c1", Dual);
        string mine = Path.Combine(_directory, "endpoints", ".tmp-c1:eth0.json-77-1");
        string others = Path.Combine(_directory, "endpoints", ".tmp-x-c1:eth0.json-78-1");
        File.WriteAllText(mine, "{");
        File.WriteAllText(others, "{");

        _store.Release(one.Key);
        Assert.Equal((false, true), (File.Exists(mine), File.Exists(others)));

        _store.ReleaseOrphans();
        Assert.False(File.Exists(others));
    }

    [Fact]
    public void Orphans_are_freed_and_others_kept()
    {
        EndpointRecord kept = Allocate("c1", Dual);
        File.WriteAllText(Path.Combine(_directory, "addresses", "10.0.0.77"), string.Empty);
        File.WriteAllText(Path.Combine(_directory, "addresses", "10.0.0.78"), "gone:eth0");

        Assert.Equal(["10.0.0.77", "10.0.0.78"], _store.ReleaseOrphans().Select(a => a.ToString()).Order());
        Assert.Equal(kept.Key, _store.OwnerOf(kept.Addresses[0]));
    }

    [Fact]
    public void Record_cut_short_by_a_power_failure_counts_as_none()
    {
        EndpointRecord record = Allocate("c1", Dual);
        File.WriteAllText(Path.Combine(_directory, "endpoints", "c1:eth0.json"), "{\"contai");

        Assert.Null(_store.Find(record.Key));
        Assert.Empty(_store.List());
        _store.Release(record.Key);
        Assert.Equal(0, _store.Usage(Dual[0]).Used);
        Assert.Empty(Directory.GetFiles(Path.Combine(_directory, "endpoints")));
    }

    [Fact]
    public void Parallel_allocations_are_distinct()
    {
        var addresses = new System.Collections.Concurrent.ConcurrentBag<IPAddress>();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            foreach (IPAddress address in Allocate($"c{i}", Dual).Addresses)
            {
                addresses.Add(address);
            }
        });

        Assert.Equal(400, addresses.Distinct().Count());
        Assert.Equal(200, _store.List().Count);
    }

    [Fact]
    public void Nearly_full_range_is_filled_to_the_last_address()
    {
        IPNetwork[] range = [IPNetwork.Parse("10.0.0.0/25")];
        for (int i = 0; i < 126; i++)
        {
            Allocate($"c{i}", range);
        }

        _store.Release(new AttachmentKey("c100", "eth0"));

        Assert.Equal("10.0.0.101", Allocate("last", range).Addresses[0].ToString());
        Assert.Throws<AddressesExhaustedException>(() => Allocate("more", range));
    }

    [Fact]
    public void Host_interface_name_depends_on_the_key_alone_and_can_be_told()
    {
        string name = new AttachmentKey("c1", "eth0").HostInterfaceName;

        Assert.Equal(name, new AttachmentKey("c1", "eth0").HostInterfaceName);
        Assert.NotEqual(name, new AttachmentKey("c1", "eth1").HostInterfaceName);
        Assert.True(AttachmentKey.IsHostInterfaceName(name), name);
        Assert.False(AttachmentKey.IsHostInterfaceName("nw_host"));
        Assert.False(AttachmentKey.IsHostInterfaceName("nw_host_longer1"));
        Assert.Equal(5000, Enumerable.Range(0, 5000).Select(i => new AttachmentKey($"c{i}", "eth0").HostInterfaceName).Distinct().Count());
        Assert.Equal(new AttachmentKey("c1", "eth0"), AttachmentKey.TryParse("c1:eth0"));
    }

    [Fact]
    public void Node_facts_survive_a_round_trip_and_bad_ones_are_explained()
    {
        var facts = new NodeFacts { NodeName = "n", PodCidrs = Dual, Mtu = 1450 };
        facts.Write(_directory);

        NodeFacts read = NodeFacts.Read(_directory);
        Assert.Equal((facts.NodeName, facts.Mtu, facts.GatewayIPv4, facts.GatewayIPv6), (read.NodeName, read.Mtu, read.GatewayIPv4, read.GatewayIPv6));
        Assert.Equal(Dual, read.PodCidrs);
        Assert.Equal(
            """{"nodeName":"n","podCIDRs":["10.0.0.0/24","fd00::/64"],"mtu":1450,"gatewayIPv4":"169.254.1.1","gatewayIPv6":"fe80::1"}""",
            File.ReadAllText(Path.Combine(_directory, NodeFacts.FileName)));
        File.WriteAllText(Path.Combine(_directory, NodeFacts.FileName), """{"nodeName":"n","podCIDRs":["10.0.0.0/24"],"mtu":1450}""");
        Assert.Equal("fe80::1", NodeFacts.Read(_directory).GatewayIPv6.ToString());
        File.WriteAllText(Path.Combine(_directory, NodeFacts.FileName), """{"nodeName":"n","podCIDRs":["10.0.0.0/33"],"mtu":1450}""");
        Assert.Contains("podCIDRs", Assert.Throws<InvalidDataException>(() => NodeFacts.Read(_directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_is_read_as_it_was_written()
    {
        EndpointRecord written = Allocate("c1", Dual) with
        {
            NetworkNamespacePath = "/run/\"netns\"\\\t\u0001\u007f/café-\U0001f600",
            NetworkNamespaceInode = ulong.MaxValue,
            PodNamespace = "a,b:[{",
            PodName = "",
            State = EndpointState.Ready,
            PortMappings = [new PortMapping { HostPort = 1, ContainerPort = 2 }, new PortMapping { HostPort = 3, ContainerPort = 4, Protocol = "UDP", HostIP = "fd00::1" }],
        };
        _store.Save(written);

        EndpointRecord read = _store.Find(written.Key)!;

        Assert.Equal(written.Addresses, read.Addresses);
        Assert.Equal(written.PortMappings, read.PortMappings);
        Assert.Equal(written, read with { Addresses = written.Addresses, PortMappings = written.PortMappings });
    }

    private EndpointRecord Allocate(string containerId, IPNetwork[] ranges) =>
        _store.Allocate(new AttachmentKey(containerId, "eth0"), ranges, a => Describe(containerId, a));

    private EndpointRecord Describe(string containerId, IReadOnlyList<IPAddress> addresses) => new()
    {
        ContainerId = containerId,
        InterfaceName = "eth0",
        Network = "netweir",
        NetworkNamespacePath = _alive.Path,
        NetworkNamespaceInode = _alive.Handle.Inode,
        BootId = _store.BootId,
        Addresses = addresses,
        HostInterfaceName = new AttachmentKey(containerId, "eth0").HostInterfaceName,
        HostMac = MacAddress.Parse("02:00:00:00:00:01"),
        PodMac = MacAddress.Parse("02:00:00:00:00:02"),
        State = EndpointState.Creating,
        Created = DateTimeOffset.UtcNow,
        PodNamespace = "default",
        PodName = "web",
        PortMappings = [new PortMapping { HostPort = 80, ContainerPort = 8080, Protocol = "tcp", HostIP = "127.0.0.1" }],
    };
}
