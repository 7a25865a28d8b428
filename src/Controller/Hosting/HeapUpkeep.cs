using Netweir.Controller.Services;

namespace Netweir.Controller;

/// <summary>
/// Gives back what many changes left on the heap, once they are over: the collector by itself lets garbage grow to the size of what is alive. It stops
/// everything for a tenth of a second in a large cluster, which is why nothing may be happening.
/// </summary>
internal sealed class HeapUpkeep(ServiceStore store)
{
    /// <summary>Looks, of which there is one a second.</summary>
    private const int Quiet = 10;

    /// <summary>Less is not worth it.</summary>
    private const long Slack = 12L << 20;

    private long _changes = -1;
    private long _kept;
    private int _looks;

    /// <summary>To be called every second.</summary>
    public void Look()
    {
        var changes = store.ServiceChanges.Total + store.EndpointChanges.Total;
        _looks = changes == _changes ? _looks + 1 : 0;
        _changes = changes;
        if (_looks == Quiet && GC.GetGCMemoryInfo().TotalCommittedBytes > _kept + Slack)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _kept = GC.GetGCMemoryInfo().TotalCommittedBytes;
        }
    }
}
