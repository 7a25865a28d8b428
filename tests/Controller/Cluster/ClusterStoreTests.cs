using Netweir.Kube;

namespace Netweir.Controller.Tests;

public sealed class ClusterStoreTests : IDisposable
{
    private readonly Trigger _trigger = new();
    private readonly ClusterStore _store;

    public ClusterStoreTests() => _store = new ClusterStore("own", _trigger);

    private IInformerSink<Node> Nodes => _store;

    private IInformerSink<ServiceCidr> Ranges => _store;

    public void Dispose() => _trigger.Dispose();

    [Fact]
    public async Task A_heartbeat_pulls_no_trigger_but_an_address_does()
    {
        Nodes.Replaced([Node("own", "10.0.0.1", "1")]);
        Assert.True(await Pulled());

        Nodes.Upserted(Node("own", "10.0.0.1", "2"));
        Assert.False(await Pulled());
        Nodes.Upserted(Node("own", "10.0.0.9", "3"));
        Assert.True(await Pulled());
        Assert.Equal("10.0.0.9", _store.Snapshot.Nodes.Own!.InternalIPv4!.ToString());
    }

    [Fact]
    public async Task A_relist_forgets_what_is_gone_and_says_nothing_when_nothing_changed()
    {
        Nodes.Replaced([Node("own", "10.0.0.1", "1"), Node("peer", "10.0.0.2", "1")]);
        Assert.True(await Pulled());
        Nodes.Replaced([Node("own", "10.0.0.1", "2"), Node("peer", "10.0.0.2", "2")]);
        Assert.False(await Pulled());

        Nodes.Replaced([Node("own", "10.0.0.1", "3")]);

        Assert.True(await Pulled());
        Assert.Empty(_store.Snapshot.Nodes.Peers);
    }

    [Fact]
    public void Service_ranges_of_all_resources_add_up()
    {
        Ranges.Replaced([Range("kubernetes", "10.96.0.0/16", "fd00:96::/112"), Range("more", "10.97.0.0/16", "nonsense")]);

        Assert.Equal(["10.96.0.0/16", "10.97.0.0/16", "fd00:96::/112"], _store.Snapshot.ServiceCidrs.Select(c => c.ToString()));
        Assert.Equal("ServiceCIDR more: 'nonsense' is no CIDR: ignored", Assert.Single(_store.Snapshot.Problems));
    }

    private Task<bool> Pulled() => _trigger.WaitAsync(TimeSpan.Zero, CancellationToken.None);

    private static Node Node(string name, string address, string version) => new()
    {
        Metadata = new ObjectMeta { Name = name, ResourceVersion = version },
        Status = new NodeStatus { Addresses = [new NodeAddress { Type = "InternalIP", Address = address }] },
    };

    private static ServiceCidr Range(string name, params string[] cidrs) =>
        new() { Metadata = new ObjectMeta { Name = name }, Spec = new ServiceCidrSpec { Cidrs = cidrs } };
}
