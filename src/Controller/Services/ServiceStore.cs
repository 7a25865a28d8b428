using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// The current Services, EndpointSlices and this Node, as the informers tell, and which Services changed since they were last taken. Sinks
/// may be called at the same time from several informers. A change costs as much as its Service has slices, never as much as there are
/// Services; only a change of this node's zone or addresses makes every Service dirty.
/// </summary>
internal sealed class ServiceStore(string nodeName, TimeProvider time, ILogger<ServiceStore> logger)
    : IInformerSink<Service>, IInformerSink<EndpointSlice>, IInformerSink<Node>
{
    public const string TriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

    private readonly Lock _gate = new();
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly Dictionary<ObjectKey, ServiceEntry> _entries = [];
    private readonly Dictionary<ObjectKey, ObjectKey> _ownerOfSlice = [];
    private readonly HashSet<ObjectKey> _nameless = [];
    private HashSet<ObjectKey> _dirty = [];
    private ThisNode _node = new(nodeName, null);
    private volatile bool _synced;

    /// <summary>Something became dirty, or the store became synced. Called on the informer's thread, outside of the lock: return quickly.</summary>
    public event Action? Changed;

    /// <summary>Every first list has arrived: what the store does not know does not exist.</summary>
    public bool Synced => _synced;

    /// <summary>Something changed since it was last taken.</summary>
    public bool IsDirty
    {
        get
        {
            lock (_gate)
            {
                return _dirty.Count > 0;
            }
        }
    }

    public ThisNode Node
    {
        get
        {
            lock (_gate)
            {
                return _node;
            }
        }
    }

    public ChangeCounts ServiceChanges { get; } = new();

    public ChangeCounts EndpointChanges { get; } = new();

    /// <summary>Of a Service that is served, or null.</summary>
    public ObjectMeta? Find(ObjectKey key)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(key)?.Service?.Metadata;
        }
    }

    /// <summary>To be called once the first lists of Services, EndpointSlices and Nodes are in.</summary>
    public void MarkSynced()
    {
        _synced = true;
        Changed?.Invoke();
    }

    /// <summary>The snapshots of all Services that changed since the last call, which are clean from then on.</summary>
    public IReadOnlyList<ServiceSnapshot> TakeDirty()
    {
        lock (_gate)
        {
            var taken = _dirty;
            _dirty = [];
            return [.. taken.Select(Take)];
        }
    }

    /// <summary>As <see cref="TakeDirty"/> for the given keys, whether dirty or not.</summary>
    public IReadOnlyList<ServiceSnapshot> Take(IEnumerable<ObjectKey> keys)
    {
        lock (_gate)
        {
            return [.. keys.Select(Take)];
        }
    }

    /// <summary>The snapshots of everything that is known, and of <paramref name="others"/>; all are clean from then on.</summary>
    public IReadOnlyList<ServiceSnapshot> TakeAll(IEnumerable<ObjectKey> others)
    {
        lock (_gate)
        {
            return [.. _entries.Keys.Union(others).ToArray().Select(Take)];
        }
    }

    void IInformerSink<Service>.Upserted(Service obj) => Change(() => Put(obj));

    void IInformerSink<Service>.Deleted(Service obj) => Change(() => Drop(obj.Metadata.Key));

    void IInformerSink<Service>.Replaced(IReadOnlyCollection<Service> all) => Change(() =>
    {
        var listed = all.Select(s => s.Metadata.Key).ToHashSet();
        foreach (var key in _entries.Where(e => e.Value.Service is not null && !listed.Contains(e.Key)).Select(e => e.Key).ToArray())
        {
            Drop(key);
        }

        foreach (var service in all)
        {
            Put(service);
        }
    });

    void IInformerSink<EndpointSlice>.Upserted(EndpointSlice obj) => Change(() => Put(obj));

    void IInformerSink<EndpointSlice>.Deleted(EndpointSlice obj) => Change(() => Drop(obj));

    void IInformerSink<EndpointSlice>.Replaced(IReadOnlyCollection<EndpointSlice> all) => Change(() =>
    {
        var listed = all.Select(s => s.Metadata.Key).ToHashSet();
        foreach (var key in _ownerOfSlice.Keys.Where(k => !listed.Contains(k)).ToArray())
        {
            Unlink(key);
        }

        _nameless.IntersectWith(listed);
        foreach (var slice in all)
        {
            Put(slice);
        }
    });

    void IInformerSink<Node>.Upserted(Node obj) => Change(() => Put(obj));

    // The zone of a node whose object is gone for a moment is still the best guess.
    void IInformerSink<Node>.Deleted(Node obj)
    {
    }

    void IInformerSink<Node>.Replaced(IReadOnlyCollection<Node> all) => Change(() =>
    {
        foreach (var node in all)
        {
            Put(node);
        }
    });

    private void Change(Action apply)
    {
        bool changed;
        lock (_gate)
        {
            apply();
            changed = _dirty.Count > 0;
        }

        if (changed)
        {
            Changed?.Invoke();
        }
    }

    private void Put(Service service)
    {
        var key = service.Metadata.Key;
        if (!ServiceFilter.Serves(service))
        {
            Drop(key);
            return;
        }

        var entry = Entry(key);
        if (entry.Service is null || IsNew(entry.Service.Metadata, service.Metadata))
        {
            entry.Service = service;
            _dirty.Add(key);
            ServiceChanges.Saw(key);
        }
    }

    private void Drop(ObjectKey key)
    {
        if (_entries.TryGetValue(key, out var entry) && entry.Service is not null)
        {
            entry.Service = null;
            Forget(key, entry);
            _dirty.Add(key);
            ServiceChanges.Saw(key);
        }
    }

    private void Put(EndpointSlice slice)
    {
        var sliceKey = slice.Metadata.Key;
        var owner = ServiceFilter.Serves(slice) ? OwnerOf(slice) : null;
        if (_ownerOfSlice.TryGetValue(sliceKey, out var previous) && previous != owner)
        {
            Unlink(sliceKey);
        }

        if (owner is not { } key)
        {
            return;
        }

        var entry = Entry(key);
        if (entry.Find(sliceKey.Name) is { } known && !IsNew(known.Metadata, slice.Metadata))
        {
            return;
        }

        entry.Put(slice);
        _ownerOfSlice[sliceKey] = key;
        _dirty.Add(key);
        EndpointChanges.Saw(key);
        if (TriggerOf(slice) is { } trigger && trigger >= _started)
        {
            entry.Triggered(trigger);
        }
    }

    private void Drop(EndpointSlice slice)
    {
        _nameless.Remove(slice.Metadata.Key);
        Unlink(slice.Metadata.Key);
    }

    private void Unlink(ObjectKey sliceKey)
    {
        if (_ownerOfSlice.Remove(sliceKey, out var owner) && _entries.TryGetValue(owner, out var entry))
        {
            entry.Remove(sliceKey.Name);
            Forget(owner, entry);
            _dirty.Add(owner);
            EndpointChanges.Saw(owner);
        }
    }

    private ObjectKey? OwnerOf(EndpointSlice slice)
    {
        var key = slice.Metadata.Key;
        if (slice.ServiceName is not (null or ""))
        {
            _nameless.Remove(key);
            return new ObjectKey(key.Namespace, slice.ServiceName);
        }

        if (_nameless.Add(key))
        {
            ServicesMetrics.IgnoredSlices.Add(1);
            ServicesLog.SliceWithoutService(logger, key);
        }

        return null;
    }

    private void Put(Node node)
    {
        IPAddress[] addresses = [.. AddressText.Parsed(node.InternalIPs)];
        if (node.Metadata.Name == _node.Name && (node.Zone != _node.Zone || !_node.InternalIPs.SequenceEqual(addresses)))
        {
            _node = _node with { Zone = node.Zone, InternalIPs = addresses };
            _dirty.UnionWith(_entries.Keys);
        }
    }

    private ServiceSnapshot Take(ObjectKey key)
    {
        _dirty.Remove(key);
        ServiceChanges.Took(key);
        EndpointChanges.Took(key);
        if (!_entries.TryGetValue(key, out var entry))
        {
            return new ServiceSnapshot(key, null, [], []);
        }

        return new ServiceSnapshot(key, entry.Service, entry.Slices, entry.TakeTriggers());
    }

    private ServiceEntry Entry(ObjectKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries.Add(key, entry = new ServiceEntry());
        }

        return entry;
    }

    private void Forget(ObjectKey key, ServiceEntry entry)
    {
        if (entry.IsEmpty)
        {
            _entries.Remove(key);
        }
    }

    private static bool IsNew(ObjectMeta known, ObjectMeta seen) =>
        seen.ResourceVersion.Length == 0 || seen.ResourceVersion != known.ResourceVersion || seen.Uid != known.Uid;

    private static DateTimeOffset? TriggerOf(EndpointSlice slice) =>
        slice.Metadata.Annotations.TryGetValue(TriggerTime, out var text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var trigger)
            ? trigger
            : null;
}
