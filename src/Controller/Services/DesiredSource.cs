using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// What should be programmed: the API's Services, and the host ports of this node's pods.
/// </summary>
internal sealed class DesiredSource(ServiceStore store, ServiceOptions options, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<ObjectKey, string> _ignored = [];
    private IReadOnlyCollection<DesiredService>? _newHostPorts;
    private Dictionary<ObjectKey, DesiredService>? _hostPorts;

    public ProgrammingLatency Latency { get; } = new(time);

    /// <summary>All of them; may be called on any thread.</summary>
    /// <exception cref="ArgumentException">One has no key of <see cref="HostPortKey"/>.</exception>
    public void SetHostPorts(IReadOnlyCollection<DesiredService> all)
    {
        if (all.FirstOrDefault(s => !HostPortKey.Is(s.Key)) is { } foreign)
        {
            throw new ArgumentException($"{foreign.Key} is no key of a pod's host ports", nameof(all));
        }

        Interlocked.Exchange(ref _newHostPorts, [.. all]);
    }

    /// <summary>What changed since it was last taken, those of <paramref name="known"/> that are to go with it, and <paramref name="others"/>.</summary>
    public DesiredServices TakeDirty(IEnumerable<ObjectKey> known, IReadOnlyCollection<ObjectKey> others)
    {
        var dirty = store.TakeDirty();
        DesiredService[] hostPorts = TakeNewHostPorts() ? [.. HostPorts(known.Where(HostPortKey.Is).Distinct())] : [];
        ObjectKey[] more = others.Count == 0 ? [] : [.. others.Except(dirty.Select(d => d.Key)).Except(hostPorts.Select(d => d.Key))];
        return All([.. dirty, .. store.Take(more.Where(k => !HostPortKey.Is(k)))], [.. hostPorts, .. HostPortsOf(more)]);
    }

    /// <summary>Everything, and those of <paramref name="known"/> that are to go. Host ports stay until they were set once.</summary>
    public DesiredServices TakeAll(IReadOnlyCollection<ObjectKey> known)
    {
        TakeNewHostPorts();
        return All(store.TakeAll(known.Where(k => !HostPortKey.Is(k))), HostPorts(known.Where(HostPortKey.Is).Distinct()));
    }

    /// <summary>Without host ports that were not set yet.</summary>
    public DesiredServices Take(IReadOnlyCollection<ObjectKey> keys) => All(store.Take(keys.Where(k => !HostPortKey.Is(k))), HostPortsOf(keys));

    /// <summary>To be told of everything that is taken, as it comes to be programmed.</summary>
    public void Taken(ServiceSnapshot snapshot, DesiredService desired)
    {
        Latency.Expect(snapshot);
        Report(desired);
    }

    private IEnumerable<DesiredService> HostPortsOf(IEnumerable<ObjectKey> keys) =>
        _hostPorts is null ? [] : keys.Where(HostPortKey.Is).Select(k => _hostPorts.GetValueOrDefault(k) ?? new DesiredService(k, []));

    private bool TakeNewHostPorts()
    {
        if (Interlocked.Exchange(ref _newHostPorts, null) is not { } all)
        {
            return false;
        }

        _hostPorts = all.DistinctBy(s => s.Key).ToDictionary(s => s.Key);
        return true;
    }

    private IEnumerable<DesiredService> HostPorts(IEnumerable<ObjectKey> known) =>
        _hostPorts is null ? [] : _hostPorts.Values.Concat(known.Where(k => !_hostPorts.ContainsKey(k)).Select(k => new DesiredService(k, [])));

    private DesiredServices All(IEnumerable<ServiceSnapshot> snapshots, IEnumerable<DesiredService> hostPorts)
    {
        var node = store.Node;
        return new DesiredServices(snapshots, hostPorts, s => ServiceTable.Compute(s, node, options));
    }

    /// <summary>Once for each set of them.</summary>
    private void Report(DesiredService service)
    {
        if (service.Ignored.Count == 0)
        {
            _ignored.Remove(service.Key);
            return;
        }

        var ignored = string.Join(", ", service.Ignored);
        if (_ignored.GetValueOrDefault(service.Key) != ignored)
        {
            _ignored[service.Key] = ignored;
            ServicesLog.Ignored(logger, service.Key, ignored);
        }
    }
}
