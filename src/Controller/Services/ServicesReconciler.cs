using Microsoft.Extensions.Logging;
using Netweir.Kube;
using Netweir.Loader;

namespace Netweir.Controller.Services;

/// <summary>
/// Keeps nw_services, nw_frontends, nw_slots, nw_backends and nw_backend_refs equal to what <see cref="ServiceStore"/> says. The only writer
/// of the five; not thread-safe: one loop calls it. Nothing is written before the store is synced. What the maps have is read once, and
/// again after a failed write.
/// </summary>
internal sealed class ServicesReconciler(ServiceStore store, ServiceMaps maps, TimeProvider time, ILogger<ServicesReconciler> logger)
{
    private const int BatchSize = 4096;
    private const int MostReloads = 8;

    private readonly Dictionary<ObjectKey, Refusal> _refused = [];
    private readonly ProgrammingLatency _latency = new(time);

    /// <summary>What the Services of the batch that is being written had before, should a write fail.</summary>
    private readonly Dictionary<ObjectKey, DesiredService> _earlier = [];
    private ServicesProgram? _program;

    /// <summary>A Service is refused, or for another reason than before. Called within a pass.</summary>
    public event Action<Refusal>? Refused;

    /// <summary>A Service that was refused is programmed, or gone. Called within a pass.</summary>
    public event Action<ObjectKey>? Recovered;

    public IReadOnlyCollection<Refusal> Refusals => _refused.Values;

    /// <summary>
    /// Programs what changed since the last call; everything on the first one. Returns without a write while the store is not synced.
    /// </summary>
    /// <exception cref="BpfException">The maps cannot be read, or keep refusing writes: call again later.</exception>
    public SyncReport Sync(CancellationToken cancellationToken) => Pass(resync: false, cancellationToken);

    /// <summary>
    /// As <see cref="Sync"/>, after comparing all entries with what was written, putting right those that another writer changed, and
    /// trying again what is refused.
    /// </summary>
    /// <exception cref="BpfException">See <see cref="Sync"/>.</exception>
    public SyncReport Resync(CancellationToken cancellationToken) => Pass(resync: true, cancellationToken);

    private SyncReport Pass(bool resync, CancellationToken cancellationToken)
    {
        if (!store.Synced)
        {
            return default;
        }

        var started = time.GetTimestamp();
        var before = maps.Writes;
        var (drift, services) = (0, 0);
        try
        {
            drift = resync && _program is not null ? Repair(_program) : 0;
            services = Changed(resync, cancellationToken);
        }
        catch (BpfException error)
        {
            ServicesMetrics.WriteErrors.Add(1);
            ServicesLog.WriteFailed(logger, error);
            services = OneByOne(cancellationToken);
        }

        var report = new SyncReport(services, maps.Writes - before, _refused.Count, drift);
        Observe(report, _program!, time.GetElapsedTime(started));
        return report;
    }

    private int Repair(ServicesProgram program)
    {
        var drift = Guarded(program.RepairDrift);
        if (drift > 0)
        {
            ServicesMetrics.Drift.Add(drift);
            ServicesLog.Drift(logger, drift);
        }

        return drift;
    }

    private int Changed(bool resync, CancellationToken cancellationToken) => Guarded(() =>
    {
        var fresh = _program is null;
        var program = _program ??= ServicesProgram.Load(maps);
        var snapshots = fresh ? store.TakeAll(program.Index.ServiceKeys) : store.TakeDirty();
        if (resync && !fresh)
        {
            snapshots = [.. snapshots, .. store.Take(_refused.Keys.Except(snapshots.Select(s => s.Key)))];
        }

        var freed = Program(program, snapshots, cancellationToken);
        freed |= fresh && program.Prune();
        while (freed && _refused.Count > 0)
        {
            freed = Program(program, store.Take(_refused.Keys), cancellationToken);
        }

        return snapshots.Count;
    });

    /// <summary>Returns whether something became free.</summary>
    private bool Program(ServicesProgram program, IReadOnlyList<ServiceSnapshot> snapshots, CancellationToken cancellationToken)
    {
        var (freed, batch, planned) = (false, new ServiceBatch(), new List<ObjectKey>());
        foreach (var desired in Desired(snapshots))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _earlier[desired.Key] = program.Restore(desired.Key);
            if (program.Planner.TryPlan(desired, batch) is { } refusal)
            {
                Refuse(refusal);
                continue;
            }

            planned.Add(desired.Key);
            if (batch.Size >= BatchSize)
            {
                freed |= Apply(program, batch, planned);
                (batch, planned) = (new ServiceBatch(), []);
            }
        }

        return Apply(program, batch, planned) | freed;
    }

    private bool Apply(ServicesProgram program, ServiceBatch batch, List<ObjectKey> planned)
    {
        program.Writer.Apply(batch);
        _earlier.Clear();
        planned.ForEach(Accept);
        return batch.Frees;
    }

    /// <summary>After a failed write: a Service whose own writes fail is put back to what it was, and refused.</summary>
    private int OneByOne(CancellationToken cancellationToken) => Guarded(() =>
    {
        var program = _program = ServicesProgram.Load(maps);
        var snapshots = store.TakeAll(program.Index.ServiceKeys);
        var (reloads, failed) = (0, new Dictionary<ObjectKey, DesiredService>(_earlier));
        foreach (var desired in Desired(snapshots))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var restore = failed.GetValueOrDefault(desired.Key) ?? program.Restore(desired.Key);
            try
            {
                Single(program, desired);
            }
            catch (BpfException error) when (++reloads <= MostReloads)
            {
                program = _program = ServicesProgram.Load(maps);
                program.Revert(restore);
                Refuse(new Refusal(desired.Key, RefusalReason.WriteFailed, $"{error.Message}; it is tried again on the next resync"));
            }
        }

        program.Prune();
        return snapshots.Count;
    });

    private void Single(ServicesProgram program, DesiredService desired)
    {
        var batch = new ServiceBatch();
        if (program.Planner.TryPlan(desired, batch) is { } refusal)
        {
            Refuse(refusal);
        }
        else
        {
            Apply(program, batch, [desired.Key]);
        }
    }

    /// <summary>What goes first, for the room that it gives.</summary>
    private DesiredService[] Desired(IReadOnlyList<ServiceSnapshot> snapshots)
    {
        var node = store.Node;
        foreach (var snapshot in snapshots)
        {
            _latency.Expect(snapshot);
        }

        return snapshots.Select(s => ServiceTable.Compute(s, node)).OrderBy(d => d.Ports.Count > 0)
            .ThenBy(d => d.Key.Namespace, StringComparer.Ordinal).ThenBy(d => d.Key.Name, StringComparer.Ordinal).ToArray();
    }

    private void Accept(ObjectKey key)
    {
        _latency.Programmed(key);
        if (_refused.Remove(key))
        {
            ServicesLog.Recovered(logger, key);
            Recovered?.Invoke(key);
        }
    }

    private void Refuse(Refusal refusal)
    {
        var isNews = !_refused.TryGetValue(refusal.Service, out var known) || known.Reason != refusal.Reason;
        _refused[refusal.Service] = refusal;
        if (isNews)
        {
            ServicesLog.Refused(logger, refusal.Service, refusal.Detail);
            Refused?.Invoke(refusal);
        }
    }

    /// <summary>Whatever ends a pass early leaves cached state that cannot be trusted.</summary>
    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch
        {
            _program = null;
            throw;
        }
    }

    private static void Observe(SyncReport report, ServicesProgram program, TimeSpan duration)
    {
        ServicesMetrics.SyncDuration.Record(duration.TotalSeconds);
        ServicesMetrics.Writes.Add(report.Writes);
        ServicesMetrics.Refused.Record(report.Refused);
        ServicesMetrics.Programmed.Record(program.Index.ServiceKeys.Count);
        ServicesMetrics.Frontends.Record(program.Index.FrontendCount);
        ServicesMetrics.Backends.Record(program.Index.BackendCount);
    }
}
