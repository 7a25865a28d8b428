namespace Netweir.Controller;

/// <summary>
/// Looks every second at what the kernel tells nobody of: settings and files. What is not as it was left wakes the node's loop, which puts it back
/// and counts it.
/// </summary>
internal sealed class UpkeepLoop(
    NodeReconciler reconciler, ApiServerFile apiServers, HeapUpkeep heap, StageRunner stages, Trigger node, Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("upkeep", trigger, TimeSpan.FromSeconds(1), watch, metrics, time)
{
    protected override bool Turn(bool resync, CancellationToken cancellationToken)
    {
        if (IsDisturbed())
        {
            node.Pull();
        }
        heap.Look();
        stages.Note("api-servers", apiServers.Retry() is { } problem ? [problem] : []);
        return true;
    }

    private bool IsDisturbed()
    {
        try
        {
            return reconciler.IsDisturbed();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its turn meets the same and says so.
            return true;
        }
    }
}
