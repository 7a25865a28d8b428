using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller.Tests.Services;

public sealed class ServiceStoreTests
{
    private readonly ServiceStore _store = new(Agent.NodeName, TimeProvider.System, NullLogger<ServiceStore>.Instance);

    private IInformerSink<Service> Services => _store;

    private IInformerSink<EndpointSlice> Slices => _store;

    private IInformerSink<Node> Nodes => _store;

    [Fact]
    public void A_change_makes_its_service_dirty_and_no_other()
    {
        Services.Replaced([Make.Service("a", ["10.96.0.1"], Make.Port(80)), Make.Service("b", ["10.96.0.2"], Make.Port(80))]);
        _store.TakeDirty();

        Slices.Upserted(Make.Slice("b", "1", Make.Ready("10.0.0.1")));

        var snapshot = Assert.Single(_store.TakeDirty());
        Assert.Equal("b", snapshot.Key.Name);
        Assert.Single(snapshot.Slices);
        Assert.Empty(_store.TakeDirty());
    }

    [Fact]
    public void Listing_the_same_again_makes_nothing_dirty()
    {
        Service[] services = [Versioned(Make.Service("a", ["10.96.0.1"], Make.Port(80)), "1"), Versioned(Make.Service("b", ["10.96.0.2"], Make.Port(80)), "2")];
        Services.Replaced(services);
        _store.TakeDirty();

        Services.Replaced(services);
        Assert.Empty(_store.TakeDirty());

        Services.Replaced([services[0], Versioned(services[1], "3")]);
        Assert.Equal("b", Assert.Single(_store.TakeDirty()).Key.Name);
    }

    [Fact]
    public void What_a_new_list_lacks_is_gone()
    {
        Services.Replaced([Make.Service("a", ["10.96.0.1"], Make.Port(80))]);
        Slices.Replaced([Make.Slice("a", "1", Make.Ready("10.0.0.1"))]);
        _store.TakeDirty();

        Slices.Replaced([]);
        Assert.Empty(Assert.Single(_store.TakeDirty()).Slices);

        Services.Replaced([]);
        Assert.Null(Assert.Single(_store.TakeDirty()).Service);
    }

    [Theory]
    [InlineData("service.kubernetes.io/service-proxy-name")]
    [InlineData("service.kubernetes.io/headless")]
    public void A_label_that_is_added_and_removed_hides_and_shows_a_service(string label)
    {
        var service = Make.Service("a", ["10.96.0.1"], Make.Port(80));
        Services.Upserted(service);
        Slices.Upserted(Make.Slice("a", "1", Make.Ready("10.0.0.1")));
        _store.TakeDirty();

        Services.Upserted(service with { Metadata = Labelled(service.Metadata, label) });
        Assert.Null(Assert.Single(_store.TakeDirty()).Service);

        Services.Upserted(service);
        var shown = Assert.Single(_store.TakeDirty());
        Assert.NotNull(shown.Service);
        Assert.Single(shown.Slices);
    }

    [Fact]
    public void A_slice_with_the_headless_label_is_ignored()
    {
        var slice = Make.Slice("a", "1", Make.Ready("10.0.0.1"));
        Services.Upserted(Make.Service("a", ["10.96.0.1"], Make.Port(80)));
        Slices.Upserted(slice);
        _store.TakeDirty();

        Slices.Upserted(slice with { Metadata = Labelled(slice.Metadata, "service.kubernetes.io/headless") });

        Assert.Empty(Assert.Single(_store.TakeDirty()).Slices);
    }

    [Theory]
    [InlineData("None", "ClusterIP")]
    [InlineData("", "ClusterIP")]
    [InlineData("10.96.0.1", "ExternalName")]
    public void A_service_without_cluster_address_is_ignored(string address, string type)
    {
        var service = Make.Service("a", [address], Make.Port(80));
        Services.Upserted(service with { Spec = service.Spec with { Type = type } });

        Assert.Empty(_store.TakeDirty());
    }

    [Fact]
    public void A_slice_that_names_no_service_is_ignored_until_it_does()
    {
        var slice = Make.Slice("a", "1", Make.Ready("10.0.0.1"));
        Slices.Upserted(slice with { Metadata = slice.Metadata with { Labels = new Dictionary<string, string>() } });
        Assert.Empty(_store.TakeDirty());

        Slices.Upserted(slice);
        Assert.Equal("a", Assert.Single(_store.TakeDirty()).Key.Name);
    }

    [Fact]
    public void A_slice_that_goes_over_to_another_service_makes_both_dirty()
    {
        var slice = Make.Slice("a", "1", Make.Ready("10.0.0.1"));
        Slices.Upserted(slice);
        _store.TakeDirty();

        Slices.Upserted(slice with { Metadata = slice.Metadata with { Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "b" } } });

        var snapshots = _store.TakeDirty().OrderBy(s => s.Key.Name, StringComparer.Ordinal).ToArray();
        Assert.Equal(["a", "b"], snapshots.Select(s => s.Key.Name));
        Assert.Equal([0, 1], snapshots.Select(s => s.Slices.Count));
    }

    [Fact]
    public void This_nodes_zone_makes_everything_dirty_and_other_nodes_nothing()
    {
        Services.Replaced([Make.Service("a", ["10.96.0.1"], Make.Port(80)), Make.Service("b", ["10.96.0.2"], Make.Port(80))]);
        _store.TakeDirty();

        Nodes.Upserted(new Node { Metadata = Agent.NodeIn("a").Metadata with { Name = "there" } });
        Nodes.Upserted(Agent.NodeIn(null));
        Assert.Empty(_store.TakeDirty());

        Nodes.Upserted(Agent.NodeIn("a"));
        Assert.Equal(2, _store.TakeDirty().Count);
        Assert.Equal("a", _store.Node.Zone);
    }

    [Fact]
    public void This_nodes_addresses_make_everything_dirty_when_they_change()
    {
        Services.Replaced([Make.Service("a", ["10.96.0.1"], Make.Port(80))]);
        _store.TakeDirty();
        var node = Agent.NodeIn(null) with { Status = new NodeStatus { Addresses = [new NodeAddress { Type = "InternalIP", Address = "192.0.2.7" }] } };

        Nodes.Upserted(node);
        Assert.Single(_store.TakeDirty());
        Assert.Equal("192.0.2.7", Assert.Single(_store.Node.InternalIPs).ToString());

        Nodes.Upserted(node);
        Assert.Empty(_store.TakeDirty());
    }

    [Fact]
    public void Changed_is_raised_for_what_is_dirty_and_for_becoming_synced()
    {
        var raised = 0;
        _store.Changed += () => raised++;

        Services.Upserted(Make.Service("a", ["None"], Make.Port(80)));
        Assert.Equal(0, raised);
        Services.Upserted(Make.Service("a", ["10.96.0.1"], Make.Port(80)));
        Assert.Equal(1, raised);
        _store.MarkSynced();
        Assert.Equal(2, raised);
    }

    private static Service Versioned(Service service, string version) =>
        service with { Metadata = service.Metadata with { ResourceVersion = version } };

    private static ObjectMeta Labelled(ObjectMeta metadata, string label) =>
        metadata with { Labels = new Dictionary<string, string>(metadata.Labels) { [label] = "x" } };
}
