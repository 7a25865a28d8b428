namespace Netweir.Controller;

/// <summary>Keeps this node's devices, programs, maps and routes.</summary>
internal sealed class NodeLoop(
    NodeReconciler reconciler, ApiWatches api, Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("node", trigger, TimeSpan.FromSeconds(30), watch, metrics, time)
{
    private bool _settled;

    protected override Task BeforeAsync(CancellationToken cancellationToken) => api.Synced.WaitAsync(cancellationToken);

    protected override bool Turn(bool resync, CancellationToken cancellationToken)
    {
        var done = reconciler.Reconcile(resync);
        if (done && !_settled && reconciler.Published)
        {
            // Starting needs several times the memory of running: give it back once.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _settled = true;
        }
        return done;
    }
}
