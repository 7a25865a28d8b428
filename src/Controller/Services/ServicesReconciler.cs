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
    private const int BatchSize = 4096;
    private const int MostReloads = 8;

    private readonly Dictionary<ObjectKey, (Refusal Refusal, DesiredService Desired)> _refused = [];
    private readonly DesiredSource _source = new(store, options ?? new ServiceOptions(), time, logger);
    private readonly ServiceSurfaces _surfaces = new();

    /// <summary>What the Services of the batch that is being written had before, should a write fail.</summary>
    private readonly Dictionary<ObjectKey, DesiredService> _earlier = [];
    private ServicesProgram? _program;

    /// <summary>A Service is refused, or for another reason than before. Called within a pass.</summary>
    public event Action<Refusal>? Refused;

    /// <summary>A Service that was refused is programmed, or gone. Called within a pass.</summary>
    public event Action<ObjectKey>? Recovered;

    public IReadOnlyCollection<Refusal> Refusals => [.. _refused.Values.Select(r => r.Refusal)];

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

        _surfaces.Publish();
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
        _earlier.Clear();
        var all = fresh ? _source.TakeAll([.. Known(program)]) : _source.TakeDirty(Known(program), resync ? _refused.Keys : []);
        var freed = Program(program, all, cancellationToken);
        freed |= fresh && program.Prune();
        while (freed && _refused.Count > 0)
        {
            freed = Program(program, _source.Take(_refused.Keys), cancellationToken);
        }

        return all.Length;
    });

    /// <summary>Of all whom the maps or the refusals know: among them are host ports that an earlier agent left.</summary>
    private IEnumerable<ObjectKey> Known(ServicesProgram program) => program.Index.ServiceKeys.Concat(_refused.Keys);

    /// <summary>Returns whether something became free.</summary>
    private bool Program(ServicesProgram program, DesiredService[] all, CancellationToken cancellationToken)
    {
        var (freed, batch, planned) = (false, new ServiceBatch(), new List<DesiredService>());
        var wanted = all.ToDictionary(d => d.Key);
        foreach (var desired in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Remember(program, desired.Key);
            if (Plan(program, desired, wanted, batch) is { } refusal)
            {
                Refuse(refusal, desired);
                continue;
            }

            planned.Add(desired);
            if (batch.Size >= BatchSize)
            {
                freed |= Apply(program, batch, planned);
                (batch, planned) = (new ServiceBatch(), []);
            }
        }

        return Apply(program, batch, planned) | freed;
    }

    /// <summary>Others make way as far as they have to. Each turn takes at least one frontend from one of them.</summary>
    private Refusal? Plan(ServicesProgram program, DesiredService desired, Dictionary<ObjectKey, DesiredService> wanted, ServiceBatch batch)
    {
        while (program.Planner.TryPlan(desired, batch) is { } refusal)
        {
            if (refusal.Rival is not { } rival || !MakesWay(program, rival, desired, wanted, batch))
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>A Service of the API goes before a pod's host port; and nobody stands in the way with what it does not want any more.</summary>
    private bool MakesWay(
        ServicesProgram program, ObjectKey rival, DesiredService desired, Dictionary<ObjectKey, DesiredService> wanted, ServiceBatch batch)
    {
        Remember(program, rival);
        if (HostPortKey.Is(rival) && !HostPortKey.Is(desired.Key))
        {
            var gone = new DesiredService(rival, []);
            program.Planner.TryPlan(gone, batch);
            Refuse(
                new Refusal(rival, RefusalReason.Conflict, $"{desired.Key} has one of its ports as a NodePort; give the pod another hostPort") { Rival = desired.Key },
                wanted.GetValueOrDefault(rival) ?? gone);
            return true;
        }

        var newest = wanted.GetValueOrDefault(rival) ?? _refused.GetValueOrDefault(rival).Desired;
        return newest is not null
            && program.Planner.GiveUp(rival, [.. newest.Ports.SelectMany(p => p.Frontends).Select(f => f.Key)], batch);
    }

    /// <summary>Before the batch has something for it: what it has is in the maps then.</summary>
    private void Remember(ServicesProgram program, ObjectKey key)
    {
        if (!_earlier.ContainsKey(key))
        {
            _earlier.Add(key, program.Restore(key));
        }
    }

    private bool Apply(ServicesProgram program, ServiceBatch batch, List<DesiredService> planned)
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
        var all = _source.TakeAll([.. Known(program)]);
        var (reloads, failed, wanted) = (0, new Dictionary<ObjectKey, DesiredService>(_earlier), all.ToDictionary(d => d.Key));
        foreach (var desired in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var restore = failed.GetValueOrDefault(desired.Key) ?? program.Restore(desired.Key);
            try
            {
                Single(program, desired, wanted);
            }
            catch (BpfException error) when (++reloads <= MostReloads)
            {
                program = _program = ServicesProgram.Load(maps);
                program.Revert(restore);
                Refuse(new Refusal(desired.Key, RefusalReason.WriteFailed, $"{error.Message}; it is tried again on the next resync"), desired);
            }
        }

        program.Prune();
        return all.Length;
    });

    private void Single(ServicesProgram program, DesiredService desired, Dictionary<ObjectKey, DesiredService> wanted)
    {
        var batch = new ServiceBatch();
        var refusal = Plan(program, desired, wanted, batch);
        Apply(program, batch, refusal is null ? [desired] : []);
        if (refusal is not null)
        {
            Refuse(refusal, desired);
        }
    }

    private void Accept(DesiredService service)
    {
        _source.Latency.Programmed(service.Key);
        _surfaces.Accept(service);
        if (_refused.Remove(service.Key))
        {
            ServicesLog.Recovered(logger, service.Key);
            Recovered?.Invoke(service.Key);
        }
    }

    private void Refuse(Refusal refusal, DesiredService desired)
    {
        var isNews = !_refused.TryGetValue(refusal.Service, out var known) || known.Refusal.Reason != refusal.Reason;
        _refused[refusal.Service] = (refusal, desired);
        _surfaces.Refuse(desired);
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
