using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// What should be programmed: the API's Services, and the host ports of this node's pods. In the order of programming: what goes first, for the
/// room that it gives; host ports last, because a Service's NodePort has precedence.
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
    public DesiredService[] TakeDirty(IEnumerable<ObjectKey> known, IReadOnlyCollection<ObjectKey> others)
    {
        DesiredService[] dirty = [.. Compute(store.TakeDirty()), .. TakeNewHostPorts() ? HostPorts(known.Where(HostPortKey.Is).Distinct()) : []];
        return Sorted(dirty.Concat(Take([.. others.Except(dirty.Select(d => d.Key))])));
    }

    /// <summary>Everything, and those of <paramref name="known"/> that are to go. Host ports stay until they were set once.</summary>
    public DesiredService[] TakeAll(IReadOnlyCollection<ObjectKey> known)
    {
        TakeNewHostPorts();
        return Sorted([.. Compute(store.TakeAll(known.Where(k => !HostPortKey.Is(k)))), .. HostPorts(known.Where(HostPortKey.Is).Distinct())]);
    }

    /// <summary>Without host ports that were not set yet.</summary>
    public DesiredService[] Take(IReadOnlyCollection<ObjectKey> keys) => Sorted(
    [
        .. Compute(store.Take(keys.Where(k => !HostPortKey.Is(k)))),
        .. keys.Where(k => HostPortKey.Is(k) && _hostPorts is not null).Select(k => _hostPorts!.GetValueOrDefault(k) ?? new DesiredService(k, [])),
    ]);

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

    private DesiredService[] Compute(IReadOnlyList<ServiceSnapshot> snapshots)
    {
        var node = store.Node;
        var all = new DesiredService[snapshots.Count];
        for (var i = 0; i < all.Length; i++)
        {
            Latency.Expect(snapshots[i]);
            all[i] = ServiceTable.Compute(snapshots[i], node, options);
            Report(all[i]);
        }

        return all;
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

    private static DesiredService[] Sorted(IEnumerable<DesiredService> all) =>
        [.. all.OrderBy(d => d.Ports.Count > 0).ThenBy(d => HostPortKey.Is(d.Key))
            .ThenBy(d => d.Key.Namespace, StringComparer.Ordinal).ThenBy(d => d.Key.Name, StringComparer.Ordinal)];
}
