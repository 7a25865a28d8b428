using System.Diagnostics.CodeAnalysis;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// Services that are to be programmed. Each is computed when its turn comes, or shortly before: all of a large cluster's at once would be several times what the
/// agent keeps.
/// </summary>
internal sealed class DesiredServices
{
    /// <summary>So many at a time are computed by another thread where there are more, while those before are programmed: that is more than a third of an agent's first pass.</summary>
    private const int Ahead = 64;

    private readonly Dictionary<ObjectKey, ServiceSnapshot> _snapshots;
    private readonly Dictionary<ObjectKey, DesiredService> _hostPorts;
    private readonly Func<ServiceSnapshot, DesiredService> _compute;

    /// <summary>The last that was asked for: whoever contends for one of a Service's frontends mostly does so for several.</summary>
    private DesiredService? _last;

    /// <param name="snapshots">Distinct by key.</param>
    /// <param name="hostPorts">Likewise; of other keys.</param>
    /// <param name="compute">Pure.</param>
    public DesiredServices(IEnumerable<ServiceSnapshot> snapshots, IEnumerable<DesiredService> hostPorts, Func<ServiceSnapshot, DesiredService> compute)
    {
        _snapshots = snapshots.ToDictionary(s => s.Key);
        _hostPorts = hostPorts.ToDictionary(d => d.Key);
        _compute = compute;
    }

    public int Count => _snapshots.Count + _hostPorts.Count;

    /// <summary>About as many addresses of backends as they have: those of a Service with several ports count once.</summary>
    public int Endpoints => _snapshots.Values.Sum(s => s.Slices.Sum(e => e.Endpoints.Count));

    /// <summary>
    /// In the order of programming: what goes first, for the room that it gives; host ports last, because a Service's NodePort has precedence.
    /// </summary>
    /// <param name="taken">Told of every snapshot and what came of it.</param>
    public IEnumerable<DesiredService> InOrder(Action<ServiceSnapshot, DesiredService> taken)
    {
        var snapshots = _snapshots.Values.OrderBy(s => s.Key.Namespace, StringComparer.Ordinal).ThenBy(s => s.Key.Name, StringComparer.Ordinal).ToArray();
        var hostPorts = _hostPorts.Values.OrderBy(d => d.Key.Namespace, StringComparer.Ordinal).ThenBy(d => d.Key.Name, StringComparer.Ordinal).ToArray();
        return Computed(Array.FindAll(snapshots, s => s.Service is null))
            .Concat(hostPorts.Where(d => d.Ports.Count == 0))
            .Concat(Computed(Array.FindAll(snapshots, s => s.Service is not null)))
            .Concat(hostPorts.Where(d => d.Ports.Count > 0));

        IEnumerable<DesiredService> Computed(ServiceSnapshot[] some)
        {
            foreach (var (snapshot, desired) in some.Length > Ahead ? ComputedAhead(some) : some.Select(s => (s, _compute(s))))
            {
                taken(snapshot, desired);
                yield return desired;
            }
        }
    }

    public bool TryGet(ObjectKey key, [NotNullWhen(true)] out DesiredService? desired)
    {
        desired = _snapshots.TryGetValue(key, out var snapshot) ? Asked(snapshot) : _hostPorts.GetValueOrDefault(key);
        return desired is not null;
    }

    private IEnumerable<(ServiceSnapshot Snapshot, DesiredService Desired)> ComputedAhead(ServiceSnapshot[] snapshots)
    {
        ServiceSnapshot[] current = [];
        var computed = Task.FromResult<DesiredService[]>([]);
        foreach (var next in snapshots.Chunk(Ahead).Append([]))
        {
            var ahead = Task.Run(() => Array.ConvertAll(next, s => _compute(s)));
            foreach (var pair in current.Zip(computed.GetAwaiter().GetResult()))
            {
                yield return pair;
            }

            (current, computed) = (next, ahead);
        }
    }

    private DesiredService Asked(ServiceSnapshot snapshot) => _last?.Key == snapshot.Key ? _last : _last = _compute(snapshot);
}
