using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Netweir.Loader;

namespace Netweir.Controller.Tests;

public sealed class MapReconcilerTests : IDisposable
{
    private readonly Meter _meter = new("test-maps");
    private readonly TamperLog _tampering;

    public MapReconcilerTests() => _tampering = new TamperLog(_meter.CreateCounter<long>("x"), NullLogger.Instance);

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Only_differences_are_written()
    {
        var map = new MemoryMap<int, int>();
        map.Content[9] = 9;
        var reconciler = new MapReconciler<int, int>("test", map, _tampering);

        Assert.Equal(3, reconciler.Reconcile(new Dictionary<int, int> { [1] = 1, [2] = 2 }, reread: false));
        Assert.Equal(0, reconciler.Reconcile(new Dictionary<int, int> { [1] = 1, [2] = 2 }, reread: true));
        Assert.Equal(1, reconciler.Reconcile(new Dictionary<int, int> { [1] = 1, [2] = 3 }, reread: false));

        Assert.Equal(4, map.Writes);
        Assert.Equal(new Dictionary<int, int> { [1] = 1, [2] = 3 }, map.Content);
    }

    [Fact]
    public void What_another_writer_changed_is_put_right_at_the_resync()
    {
        var map = new MemoryMap<int, int>();
        var reconciler = new MapReconciler<int, int>("test", map, _tampering);
        var desired = new Dictionary<int, int> { [1] = 1 };
        reconciler.Reconcile(desired, reread: false);
        map.Content.Remove(1);

        Assert.Equal(0, reconciler.Reconcile(desired, reread: false));
        Assert.Equal(1, reconciler.Reconcile(desired, reread: true));
        Assert.Equal(1, map.Content[1]);
    }

    [Fact]
    public void A_full_map_is_an_error_and_is_read_again_afterwards()
    {
        var map = new MemoryMap<int, int>(maxEntries: 1);
        var reconciler = new MapReconciler<int, int>("test", map, _tampering);

        var error = Assert.Throws<BpfException>(() => reconciler.Reconcile(new Dictionary<int, int> { [1] = 1, [2] = 2 }, reread: false));

        Assert.Contains("full", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, reconciler.Reconcile(new Dictionary<int, int> { [1] = 1 }, reread: false));
    }

    [Fact]
    public void The_epoch_always_changes()
    {
        var map = new MemoryMap<uint, ulong>();
        map.Content[0] = ulong.MaxValue - 1;

        Epoch.Bump(map);
        Assert.Equal(ulong.MaxValue, map.Content[0]);
        map.Content[0] = 5;
        Epoch.Bump(map);
        Assert.True(map.Content[0] > 5);
    }
}
