using Microsoft.Extensions.Logging;
using Netweir.Controller.Services;

namespace Netweir.Controller;

/// <summary>Keeps the service maps, and wakes the node's loop when it has come to: the runtime is told of the network only then.</summary>
internal sealed class ServicesLoop(
    Datapath datapath, ServiceStore store, ApiWatches api, HostPortSource hostPorts, ExternalAddresses external, ServiceSurfacing surfaces,
    ServiceOptions options, ILogger<ServicesReconciler> logger, StageRunner stages, Trigger trigger, Trigger node, LoopWatch watch, AgentMetrics metrics,
    TimeProvider time)
    : PeriodicLoop("services", trigger, TimeSpan.FromSeconds(30), watch, metrics, time)
{
    private const int EntriesAtOnce = 1024;
    private readonly Trigger _trigger = trigger;
    private readonly TimeProvider _time = time;
    private ServicesReconciler? _reconciler;
    private IReadOnlyList<DesiredService>? _hostPorts;

    protected override bool FollowsAtOnce => true;

    protected override async Task BeforeAsync(CancellationToken cancellationToken)
    {
        await api.Synced.WaitAsync(cancellationToken).ConfigureAwait(false);
        await datapath.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool Turn(bool resync, CancellationToken cancellationToken)
    {
        var idle = !resync && _reconciler is { IsRepairing: true } && !store.IsDirty && ReferenceEquals(hostPorts.Current ?? _hostPorts, _hostPorts);
        return (idle || Program(resync, cancellationToken)) && Repair();
    }

    private bool Program(bool resync, CancellationToken cancellationToken)
    {
        var before = stages.IsMet(ConditionNames.Services);
        surfaces.Started();
        var done = stages.Run(ConditionNames.Services, () => Sync(resync, cancellationToken));
        if (done)
        {
            surfaces.Updated(_reconciler!);
        }
        if (done && !before)
        {
            node.Pull();
        }
        return done;
    }

    /// <summary>
    /// A part of it, also where one change follows the other: so many entries take less than a millisecond, and no change waits longer.
    /// </summary>
    private bool Repair()
    {
        if (_reconciler is not { IsRepairing: true } reconciler)
        {
            return true;
        }
        var done = stages.Run(ConditionNames.Services, () => reconciler.Repair(EntriesAtOnce));
        if (reconciler.IsRepairing)
        {
            _trigger.Pull();
        }
        return done;
    }

    private int Sync(bool resync, CancellationToken cancellationToken)
    {
        _reconciler ??= Create();
        if (hostPorts.Current is { } all && !ReferenceEquals(all, _hostPorts))
        {
            _reconciler.SetHostPorts(_hostPorts = all);
        }
        var report = resync ? _reconciler.BeginResync(cancellationToken) : _reconciler.Sync(cancellationToken);
        stages.Note("services", [.. _reconciler.Refusals.Select(r => $"service {r.Service} is {r.Extent}: {r.Detail}")]);
        if (store.Synced)
        {
            external.Set(_reconciler.ExternalAddresses);
        }
        return report.Writes;
    }

    private ServicesReconciler Create()
    {
        var reconciler = new ServicesReconciler(store, ServiceMaps.Of(datapath.Maps), _time, logger, options);
        surfaces.Follow(reconciler);
        return reconciler;
    }
}
