using System.Net;
using Microsoft.Extensions.Logging;
using Netweir.Kube;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Keeps nw_services, nw_frontends, nw_slots, nw_backends, nw_backend_refs and nw_source_ranges equal to what <see cref="ServiceStore"/> and
/// <see cref="SetHostPorts"/> say. The only writer of the six; not thread-safe but for <see cref="SetHostPorts"/>: one loop calls it. Nothing is
/// written before the store is synced. What the maps have is read once, and again after a failed write.
/// </summary>
internal sealed class ServicesReconciler(
    ServiceStore store, ServiceMaps maps, TimeProvider time, ILogger<ServicesReconciler> logger, ServiceOptions? options = null)
{
    /// <summary>Entries. Large enough that system calls do not count, small enough that what a batch needs is young garbage (no object of 85 kB).</summary>
    private const int BatchSize = 1024;
    private const int MostReloads = 8;

    private readonly RefusedServices _refused = new(logger);
    private readonly DesiredSource _source = new(store, options ?? new ServiceOptions(), time, logger);
    private readonly ServiceSurfaces _surfaces = new();
    private readonly ExternalFrontends _external = new();

    /// <summary>What the Services of the batch that is being written had before, should a write fail.</summary>
    private readonly Dictionary<ObjectKey, DesiredService> _earlier = [];

    /// <summary>Who lost a frontend in this pass, and is to be told what of it is left.</summary>
    private readonly HashSet<ObjectKey> _displaced = [];
    private ServicesProgram? _program;
    private DriftRepair? _repair;

    /// <summary>A Service is refused, or a part of it, or for another reason than before. Called within a pass.</summary>
    public event Action<Refusal>? Refused
    {
        add => _refused.Refused += value;
        remove => _refused.Refused -= value;
    }

    /// <summary>A Service that was refused is programmed, or gone. Called within a pass.</summary>
    public event Action<ObjectKey>? Recovered
    {
        add => _refused.Recovered += value;
        remove => _refused.Recovered -= value;
    }

    public IReadOnlyCollection<Refusal> Refusals => _refused.Refusals;

    /// <summary>As of the last pass: an immutable snapshot, replaced by a pass that changes it.</summary>
    public IReadOnlyCollection<HealthCheckNodePort> HealthChecks => _surfaces.HealthChecks;

    /// <summary>Load balancer addresses (mode VIP) and external IPs of the Services that are programmed. As <see cref="HealthChecks"/>.</summary>
    public IReadOnlySet<IPAddress> ExternalAddresses => _surfaces.ExternalAddresses;

    /// <summary>As of the last pass.</summary>
    public NoLocalEndpoints NoLocal => _surfaces.NoLocal;

    /// <summary>
    /// The host ports of all pods on this node, as services with keys of <see cref="HostPortKey"/>; from the next pass on, those that are missing are
    /// removed. What the maps have of them stays as it is before the first call. May be called on any thread.
    /// </summary>
    /// <exception cref="ArgumentException">One has another key.</exception>
    public void SetHostPorts(IReadOnlyCollection<DesiredService> all) => _source.SetHostPorts(all);

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
    public SyncReport Resync(CancellationToken cancellationToken)
    {
        BeginRepair();
        var drift = 0;
        while (IsRepairing)
        {
            drift += Repair(int.MaxValue);
        }

        var report = Pass(resync: true, cancellationToken);
        return report with { Writes = report.Writes + drift, Drift = drift };
    }

    /// <summary>
    /// As <see cref="Resync"/>, but what another writer changed is put right by calls of <see cref="Repair"/>, as long as <see cref="IsRepairing"/>. A
    /// repair that is not at its end goes on: started over each time, it might never come to the last map.
    /// </summary>
    /// <exception cref="BpfException">See <see cref="Sync"/>.</exception>
    public SyncReport BeginResync(CancellationToken cancellationToken)
    {
        var fresh = _program is null;
        var report = Pass(resync: true, cancellationToken);
        if (!fresh && !IsRepairing)
        {
            BeginRepair();
        }

        return report;
    }

    public bool IsRepairing => _repair is { IsDone: false };

    /// <summary>Looks at so many entries, and returns how many of them it put right.</summary>
    /// <exception cref="BpfException">See <see cref="Sync"/>.</exception>
    public int Repair(int entries)
    {
        var drift = Guarded(() => _repair!.Step(entries));
        if (drift > 0)
        {
            ServicesMetrics.Drift.Add(drift);
            ServicesLog.Drift(logger, drift);
        }

        return drift;
    }

    private SyncReport Pass(bool resync, CancellationToken cancellationToken)
    {
        if (!store.Synced)
        {
            return default;
        }

        var started = time.GetTimestamp();
        var before = maps.Writes;
        int services;
        try
        {
            services = Changed(resync, cancellationToken);
        }
        catch (BpfException error)
        {
            ServicesMetrics.WriteErrors.Add(1);
            ServicesLog.WriteFailed(logger, error);
            services = OneByOne(cancellationToken);
        }

        _surfaces.Publish();
        var report = new SyncReport(services, maps.Writes - before, _refused.Count, Drift: 0);
        Observe(report, _program!, time.GetElapsedTime(started));
        return report;
    }

    private void BeginRepair()
    {
        _repair?.Dispose();
        _repair = store.Synced ? _program?.RepairDrift() : null;
    }

    private int Changed(bool resync, CancellationToken cancellationToken) => Guarded(() =>
    {
        var fresh = _program is null;
        var program = _program ?? Load();
        _earlier.Clear();
        var all = fresh ? _source.TakeAll([.. Known(program)]) : _source.TakeDirty(Known(program), resync ? [.. _refused.Keys] : []);
        program.Expect(all);
        var freed = Program(program, all, cancellationToken);
        freed |= fresh && program.Prune();
        while (Again(freed) is { Length: > 0 } again)
        {
            freed = Program(program, _source.Take(again), cancellationToken);
        }

        return all.Count;
    });

    private ObjectKey[] Again(bool freed)
    {
        ObjectKey[] again = [.. _displaced.Union(freed ? _refused.Waiting : [])];
        _displaced.Clear();
        return again;
    }

    /// <summary>Of all whom the maps or the refusals know: among them are host ports that an earlier agent left.</summary>
    private IEnumerable<ObjectKey> Known(ServicesProgram program) => program.Index.ServiceKeys.Concat(_refused.Keys);

    /// <summary>Returns whether something became free.</summary>
    private bool Program(ServicesProgram program, DesiredServices wanted, CancellationToken cancellationToken)
    {
        var (freed, batch, planned) = (false, new ServiceBatch(), new List<PlannedService>());
        foreach (var desired in wanted.InOrder(_source.Taken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Remember(program, desired.Key);
            if (Plan(program, desired, wanted, batch) is { } plan)
            {
                planned.Add(plan);
            }

            if (batch.Size >= BatchSize)
            {
                freed |= Apply(program, batch, planned);
                (batch, planned) = (new ServiceBatch(), []);
            }
        }

        return Apply(program, batch, planned) | freed;
    }

    /// <summary>Null when it is refused whole.</summary>
    private PlannedService? Plan(ServicesProgram program, DesiredService desired, DesiredServices wanted, ServiceBatch batch)
    {
        var claims = new FrontendContest(program.Index, (rival, key) => KindOf(rival, key, wanted)).Settle(desired);
        foreach (var rival in claims.Losers)
        {
            Remember(program, rival);
        }

        var left = claims.Left;
        var refusal = left is null ? claims.Notice : program.Planner.TryPlanWithOrWithoutTables(left, batch, out left);
        if (left is null || refusal is { IsPartial: false })
        {
            Refuse(refusal!, desired);
            return null;
        }

        _displaced.UnionWith(claims.Displaced);
        return new PlannedService(desired, left, refusal?.And(claims.Notice) ?? claims.Notice);
    }

    /// <summary>What a frontend is for the one who has it in the maps; null when that one does not want it any more.</summary>
    private FrontendKind? KindOf(ObjectKey service, FrontendKey key, DesiredServices wanted)
    {
        if (wanted.TryGet(service, out var newest) || _refused.TryGet(service, out newest))
        {
            return newest.Ports.SelectMany(p => p.Frontends).FirstOrDefault(f => f.Key == key)?.Kind;
        }

        return HostPortKey.Is(service) ? FrontendKind.HostPort
            : _external.Has(service, key) ? FrontendKind.External
            : Keys.IsOfNode(key) ? FrontendKind.NodePort : FrontendKind.ClusterIP;
    }

    /// <summary>Before the batch has something for it: what it has is in the maps then.</summary>
    private void Remember(ServicesProgram program, ObjectKey key)
    {
        if (!_earlier.ContainsKey(key))
        {
            _earlier.Add(key, program.Restore(key));
        }
    }

    private bool Apply(ServicesProgram program, ServiceBatch batch, List<PlannedService> planned)
    {
        program.Writer.Apply(batch);
        _earlier.Clear();
        planned.ForEach(Accept);
        return batch.Frees;
    }

    /// <summary>After a failed write: a Service whose own writes fail is put back to what it was, and refused.</summary>
    private int OneByOne(CancellationToken cancellationToken) => Guarded(() =>
    {
        var program = Load();
        var wanted = _source.TakeAll([.. Known(program)]);
        var (reloads, failed) = (0, new Dictionary<ObjectKey, DesiredService>(_earlier));
        _displaced.Clear();
        foreach (var desired in WithDisplaced(wanted))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var restore = failed.GetValueOrDefault(desired.Key) ?? program.Restore(desired.Key);
            try
            {
                Single(program, desired, wanted);
            }
            catch (BpfException error) when (++reloads <= MostReloads)
            {
                program = Load();
                program.Revert(restore);
                Refuse(new Refusal(desired.Key, RefusalReason.WriteFailed, $"{error.Message}; it is tried again on the next resync"), desired);
            }
        }

        program.Prune();
        return wanted.Count;
    });

    /// <summary>Each is computed when its turn comes; after them come those who lost a frontend to one of them.</summary>
    private IEnumerable<DesiredService> WithDisplaced(DesiredServices wanted)
    {
        foreach (var desired in wanted.InOrder(_source.Taken))
        {
            yield return desired;
        }

        while (Again(freed: false) is { Length: > 0 } again)
        {
            foreach (var desired in _source.Take(again).InOrder(_source.Taken))
            {
                yield return desired;
            }
        }
    }

    private void Single(ServicesProgram program, DesiredService desired, DesiredServices wanted)
    {
        var batch = new ServiceBatch();
        var plan = Plan(program, desired, wanted, batch);
        Apply(program, batch, plan is null ? [] : [plan]);
    }

    private void Accept(PlannedService planned)
    {
        var key = planned.Desired.Key;
        _source.Latency.Programmed(key);
        _surfaces.Accept(planned.Left);
        _external.Accept(planned.Left);
        if (planned.Notice is null)
        {
            _refused.Remove(key);
        }
        else
        {
            _refused.Add(planned.Notice, planned.Desired);
        }
    }

    private void Refuse(Refusal refusal, DesiredService desired)
    {
        _surfaces.Refuse(desired);
        _refused.Add(refusal, desired);
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
            (_program, _repair) = (null, null);
            throw;
        }
    }

    private ServicesProgram Load()
    {
        _repair = null;
        return _program = ServicesProgram.Load(maps);
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
