using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Endpoints;
using Netweir.Maps;
using Netweir.Netlink;

namespace Netweir.Controller.Tests;

public sealed class EndpointReconcilerTests : IDisposable
{
    private static readonly Address Key = Address.Parse("10.244.0.7");
    private readonly Meter _meter = new("test-endpoints");
    private readonly MemoryMap<Address, Endpoint> _map = new();
    private readonly MemoryMap<uint, ulong> _epoch = new();
    private readonly EndpointReconciler _reconciler;

    public EndpointReconcilerTests() =>
        _reconciler = new EndpointReconciler(_map, _epoch, new TamperLog(_meter.CreateCounter<long>("x"), NullLogger.Instance));

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void A_missing_entry_is_put_back_and_flows_are_told()
    {
        Assert.Equal(2, _reconciler.Reconcile([Pod(5, "10.244.0.7", "fd01::7")]));

        var entry = _map.Content[Key];
        Assert.Equal((5u, "02:00:00:00:00:01", "02:00:00:00:00:02"), (entry.Ifindex, entry.Mac.ToString(), entry.HostMac.ToString()));
        Assert.True(_map.Content.ContainsKey(Address.Parse("fd01::7")));
        Assert.Equal(1, _epoch.Writes);
    }

    [Fact]
    public void What_the_plugin_wrote_is_neither_written_nor_deleted()
    {
        _reconciler.Reconcile([Pod(5, "10.244.0.7")]);
        var plugins = _map.Content[Key];
        var (writes, epochs) = (_map.Writes, _epoch.Writes);
        var later = new EndpointReconciler(_map, _epoch, new TamperLog(_meter.CreateCounter<long>("y"), NullLogger.Instance));

        Assert.Equal(0, later.Reconcile([Pod(5, "10.244.0.7")]));
        Assert.Equal(0, later.Reconcile([]));

        Assert.Equal(plugins, _map.Content[Key]);
        Assert.Equal((writes, epochs), (_map.Writes, _epoch.Writes));
    }

    [Fact]
    public void An_entry_put_back_for_a_pod_that_is_gone_is_taken_out()
    {
        _reconciler.Reconcile([Pod(5, "10.244.0.7")]);

        Assert.Equal(1, _reconciler.Reconcile([]));

        Assert.Empty(_map.Content);
    }

    [Fact]
    public void The_next_pods_entry_of_the_same_address_stays()
    {
        _reconciler.Reconcile([Pod(5, "10.244.0.7")]);
        var next = new Endpoint { Ifindex = 9 };
        _map.Content[Key] = next;

        Assert.Equal(0, _reconciler.Reconcile([]));

        Assert.Equal(next, _map.Content[Key]);
    }

    private static EndpointRecord Pod(int ifindex, params string[] addresses) => new()
    {
        ContainerId = "c1",
        InterfaceName = "eth0",
        Network = "netweir",
        NetworkNamespacePath = "/run/netns/none",
        NetworkNamespaceInode = 1,
        BootId = "boot",
        Addresses = [.. addresses.Select(IPAddress.Parse)],
        HostInterfaceName = "nw1",
        HostInterfaceIndex = ifindex,
        HostMac = MacAddress.Parse("02:00:00:00:00:02"),
        PodMac = MacAddress.Parse("02:00:00:00:00:01"),
        State = EndpointState.Ready,
        Created = DateTimeOffset.UnixEpoch,
    };
}
