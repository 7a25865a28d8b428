using Microsoft.Extensions.Logging;
using Netweir.Controller.Services;

namespace Netweir.Controller;

/// <summary>Keeps the service maps, and wakes the node's loop when it has come to: the runtime is told of the network only then.</summary>
internal sealed class ServicesLoop(
    Datapath datapath, ServiceStore store, ApiWatches api, HostPortSource hostPorts, ExternalAddresses external, ILogger<ServicesReconciler> logger,
    StageRunner stages, Trigger trigger, Trigger node, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("services", trigger, TimeSpan.FromSeconds(30), watch, metrics, time)
{
    private readonly TimeProvider _time = time;
    private ServicesReconciler? _reconciler;
    private IReadOnlyList<DesiredService>? _hostPorts;

    protected override async Task BeforeAsync(CancellationToken cancellationToken)
    {
        await api.Synced.WaitAsync(cancellationToken).ConfigureAwait(false);
        await datapath.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool Turn(bool resync, CancellationToken cancellationToken)
    {
        var before = stages.IsMet(ConditionNames.Services);
        var done = stages.Run(ConditionNames.Services, () => Sync(resync, cancellationToken));
        if (done && !before)
        {
            node.Pull();
        }
        return done;
    }

    private int Sync(bool resync, CancellationToken cancellationToken)
    {
        _reconciler ??= new ServicesReconciler(store, ServiceMaps.Of(datapath.Maps), _time, logger);
        if (hostPorts.Current is { } all && !ReferenceEquals(all, _hostPorts))
        {
            _reconciler.SetHostPorts(_hostPorts = all);
        }
        var report = resync ? _reconciler.Resync(cancellationToken) : _reconciler.Sync(cancellationToken);
        stages.Note("services", [.. _reconciler.Refusals.Select(r => $"service {r.Service} is not programmed: {r.Detail}")]);
        if (store.Synced)
        {
            external.Set(_reconciler.ExternalAddresses);
        }
        return report.Writes;
    }
}
