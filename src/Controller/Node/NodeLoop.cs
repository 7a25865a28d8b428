namespace Netweir.Controller;

/// <summary>Keeps this node's devices, programs, maps and routes.</summary>
internal sealed class NodeLoop(
    NodeReconciler reconciler, ApiWatches api, Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("node", trigger, TimeSpan.FromSeconds(30), watch, metrics, time)
{
    protected override Task BeforeAsync(CancellationToken cancellationToken) => api.Synced.WaitAsync(cancellationToken);

    protected override bool Turn(bool resync, CancellationToken cancellationToken) => reconciler.Reconcile(resync);
}
