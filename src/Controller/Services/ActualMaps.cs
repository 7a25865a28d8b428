using Netweir.Loader;
using Netweir.Maps;
using ServiceNames = Netweir.Maps.Service;

namespace Netweir.Controller.Services;

/// <summary>
/// What the six maps have, cached: read once, then changed only along with the maps. After a write that fails it is of no more use.
/// </summary>
internal sealed class ActualMaps
{
    private readonly ServiceMaps _maps;
    private readonly Dictionary<uint, ServiceNames> _services;
    private readonly Dictionary<FrontendKey, Frontend> _frontends;
    private readonly Dictionary<FrontendKey, uint> _references;
    private readonly Dictionary<SourceRangeKey, uint> _sourceRanges;
    private Backend[] _backends;
    private uint[] _slots = [];

    private ActualMaps(ServiceMaps maps)
    {
        _maps = maps;
        _services = Content(maps.Services);
        _frontends = Content(maps.Frontends);
        _references = Content(maps.BackendRefs);
        _sourceRanges = Content(maps.SourceRanges);
        _backends = [];
        foreach (var (place, backend) in maps.Backends.Entries().Where(b => b.Value != default))
        {
            Grow(ref _backends, place + 1);
            _backends[place] = backend;
        }

        foreach (var list in _frontends.Values.SelectMany(Layouts.Lists).Where(l => l.Count > 0).Distinct())
        {
            ReadSlots(list);
        }
    }

    public ServiceCapacity Capacity => _maps.Capacity;

    public IReadOnlyDictionary<uint, ServiceNames> Services => _services;

    public IReadOnlyDictionary<FrontendKey, Frontend> Frontends => _frontends;

    public IReadOnlyDictionary<FrontendKey, uint> References => _references;

    public IReadOnlyCollection<SourceRangeKey> SourceRanges => _sourceRanges.Keys;

    /// <summary>Places of nw_backends that have a backend, ascending.</summary>
    public IEnumerable<uint> UsedPlaces
    {
        get
        {
            for (uint place = 0; place < _backends.Length; place++)
            {
                if (_backends[place].Service != 0)
                {
                    yield return place;
                }
            }
        }
    }

    /// <summary>The highest generation of any place, used or free.</summary>
    public uint LastGeneration => _backends.Select(b => b.Generation).DefaultIfEmpty(0u).Max();

    /// <exception cref="BpfException">A map cannot be read.</exception>
    public static ActualMaps Read(ServiceMaps maps) => new(maps);

    public Backend BackendAt(uint place) => place < _backends.Length ? _backends[place] : default;

    public ReadOnlySpan<uint> SlotsAt(SlotList list) =>
        (ulong)list.Base + list.Count <= (ulong)_slots.Length ? _slots.AsSpan((int)list.Base, (int)list.Count) : [];

    public void SetServices(KeyValuePair<uint, ServiceNames>[] entries) => Set(_maps.Services, _services, entries);

    public void DeleteService(uint id) => Delete(_maps.Services, _services, id);

    public void SetFrontends(KeyValuePair<FrontendKey, Frontend>[] entries) => Set(_maps.Frontends, _frontends, entries);

    public void DeleteFrontend(FrontendKey key) => Delete(_maps.Frontends, _frontends, key);

    public void SetSourceRanges(IReadOnlyCollection<SourceRangeKey> keys) =>
        Set(_maps.SourceRanges, _sourceRanges, [.. keys.Select(k => KeyValuePair.Create(k, 1u))]);

    public void DeleteSourceRange(SourceRangeKey key) => Delete(_maps.SourceRanges, _sourceRanges, key);

    public void SetBackends(KeyValuePair<uint, Backend>[] entries)
    {
        _maps.Set(_maps.Backends, entries);
        foreach (var (place, backend) in entries)
        {
            Grow(ref _backends, place + 1);
            _backends[place] = backend;
        }
    }

    /// <summary>The places keep their generations, so that a restart knows where to go on counting.</summary>
    public void FreeBackends(IEnumerable<uint> places) =>
        SetBackends([.. places.Select(p => KeyValuePair.Create(p, new Backend { Generation = BackendAt(p).Generation }))]);

    /// <summary>Bases with the places that follow there.</summary>
    public void SetSlots(IReadOnlyCollection<KeyValuePair<uint, uint[]>> lists)
    {
        var entries = new KeyValuePair<uint, uint>[lists.Sum(l => l.Value.Length)];
        var next = 0;
        foreach (var (slotBase, places) in lists)
        {
            for (var i = 0; i < places.Length; i++)
            {
                entries[next++] = KeyValuePair.Create(slotBase + (uint)i, places[i]);
            }
        }

        _maps.Set(_maps.Slots, entries);
        foreach (var (slot, place) in entries)
        {
            Grow(ref _slots, slot + 1);
            _slots[slot] = place;
        }
    }

    /// <summary>How many of nw_backends have an address; 0 removes the entry.</summary>
    public void SetReferences(IReadOnlyCollection<KeyValuePair<FrontendKey, uint>> counts)
    {
        Set(_maps.BackendRefs, _references, [.. counts.Where(c => c.Value > 0)]);
        foreach (var (key, count) in counts)
        {
            if (count == 0 && _references.ContainsKey(key))
            {
                Delete(_maps.BackendRefs, _references, key);
            }
        }
    }

    /// <summary>Puts right what another writer changed, in make-before-break order. Returns how many entries that were.</summary>
    public int RepairDrift(IEnumerable<(uint Base, uint Count)> lists)
    {
        var before = _maps.Writes;
        Restore(_maps.Services, _services);
        DeleteForeign(_maps.Frontends, _frontends);
        _maps.Set(_maps.Backends, [.. _maps.Backends.Entries()
            .Where(b => b.Value != BackendAt(b.Key)).Select(b => KeyValuePair.Create(b.Key, BackendAt(b.Key)))]);
        Restore(_maps.BackendRefs, _references);
        RestoreSlots(lists);
        Restore(_maps.SourceRanges, _sourceRanges);
        Restore(_maps.Frontends, _frontends);
        DeleteForeign(_maps.BackendRefs, _references);
        DeleteForeign(_maps.SourceRanges, _sourceRanges);
        DeleteForeign(_maps.Services, _services);
        return _maps.Writes - before;
    }

    private void RestoreSlots(IEnumerable<(uint Base, uint Count)> lists)
    {
        foreach (var slot in lists.SelectMany(l => Enumerable.Range((int)l.Base, (int)l.Count)))
        {
            if (!_maps.Slots.TryLookup((uint)slot, out var place) || place != _slots[slot])
            {
                _maps.Set(_maps.Slots, [KeyValuePair.Create((uint)slot, _slots[slot])]);
            }
        }
    }

    private void Restore<TKey, TValue>(IBpfMap<TKey, TValue> map, Dictionary<TKey, TValue> wanted)
        where TKey : unmanaged, IEquatable<TKey>
        where TValue : unmanaged, IEquatable<TValue>
    {
        var found = Content(map);
        _maps.Set(map, [.. wanted.Where(w => !found.TryGetValue(w.Key, out var value) || !value.Equals(w.Value))]);
    }

    private void DeleteForeign<TKey, TValue>(IBpfMap<TKey, TValue> map, Dictionary<TKey, TValue> wanted)
        where TKey : unmanaged, IEquatable<TKey>
        where TValue : unmanaged
    {
        foreach (var key in Content(map).Keys.Where(k => !wanted.ContainsKey(k)))
        {
            _maps.Delete(map, key);
        }
    }

    private void ReadSlots(SlotList list)
    {
        var end = (ulong)list.Base + list.Count;
        if (end > (ulong)_maps.Capacity.Slots)
        {
            return;
        }

        Grow(ref _slots, (uint)end);
        for (var slot = list.Base; slot < end; slot++)
        {
            _slots[slot] = _maps.Slots.TryLookup(slot, out var place) ? place : 0;
        }
    }

    private void Set<TKey, TValue>(IBpfMap<TKey, TValue> map, Dictionary<TKey, TValue> cache, KeyValuePair<TKey, TValue>[] entries)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        _maps.Set(map, entries);
        foreach (var (key, value) in entries)
        {
            cache[key] = value;
        }
    }

    private void Delete<TKey, TValue>(IBpfMap<TKey, TValue> map, Dictionary<TKey, TValue> cache, TKey key)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        _maps.Delete(map, key);
        cache.Remove(key);
    }

    private static Dictionary<TKey, TValue> Content<TKey, TValue>(IBpfMap<TKey, TValue> map)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        var content = new Dictionary<TKey, TValue>();
        foreach (var (key, value) in map.Entries())
        {
            content[key] = value;
        }

        return content;
    }

    private static void Grow<T>(ref T[] array, uint length)
    {
        if (length > array.Length)
        {
            Array.Resize(ref array, (int)Math.Max(length, (uint)array.Length * 2));
        }
    }
}
