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
    private readonly PagedArray<Backend> _backends = new();
    private uint[] _slots = [];

    private ActualMaps(ServiceMaps maps)
    {
        _maps = maps;
        ServicesMap = new(maps, maps.Services);
        FrontendsMap = new(maps, maps.Frontends);
        ReferencesMap = new(maps, maps.BackendRefs);
        SourceRangesMap = new(maps, maps.SourceRanges);
        foreach (var (place, backend) in maps.Backends.Entries().Where(b => b.Value != default))
        {
            _backends.Set(place, backend);
        }

        ReadSlots();
    }

    public CachedMap<uint, ServiceNames> ServicesMap { get; }

    public CachedMap<FrontendKey, Frontend> FrontendsMap { get; }

    public CachedMap<FrontendKey, uint> ReferencesMap { get; }

    public CachedMap<SourceRangeKey, uint> SourceRangesMap { get; }

    public ServiceCapacity Capacity => _maps.Capacity;

    public IReadOnlyDictionary<uint, ServiceNames> Services => ServicesMap.Content;

    public IReadOnlyDictionary<FrontendKey, Frontend> Frontends => FrontendsMap.Content;

    public IReadOnlyDictionary<FrontendKey, uint> References => ReferencesMap.Content;

    public IReadOnlyCollection<SourceRangeKey> SourceRanges => (IReadOnlyCollection<SourceRangeKey>)SourceRangesMap.Content.Keys;

    /// <summary>Places of nw_backends that have a backend, ascending.</summary>
    public IEnumerable<uint> UsedPlaces
    {
        get
        {
            for (uint place = 0; place < _backends.Length; place++)
            {
                if (_backends.Get(place).Service != 0)
                {
                    yield return place;
                }
            }
        }
    }

    /// <summary>The highest generation of any place, used or free.</summary>
    public uint LastGeneration => _backends.Select(b => b.Generation).DefaultIfEmpty(0u).Max();

    /// <summary>So many there will be. Each Service has a frontend and the mark of its address, or more.</summary>
    public void Expect(int services, int backends)
    {
        ServicesMap.Expect(Math.Min(services, Capacity.Services));
        FrontendsMap.Expect(Math.Min(2 * services, Capacity.Frontends));
        ReferencesMap.Expect(Math.Min(backends, Capacity.Places));
    }

    /// <exception cref="BpfException">A map cannot be read.</exception>
    public static ActualMaps Read(ServiceMaps maps) => new(maps);

    public Backend BackendAt(uint place) => _backends.Get(place);

    public ReadOnlySpan<uint> SlotsAt(SlotList list) =>
        (ulong)list.Base + list.Count <= (ulong)_slots.Length ? _slots.AsSpan((int)list.Base, (int)list.Count) : [];

    public void SetServices(KeyValuePair<uint, ServiceNames>[] entries) => ServicesMap.Set(entries);

    public void DeleteService(uint id) => ServicesMap.Delete(id);

    public void SetFrontends(KeyValuePair<FrontendKey, Frontend>[] entries) => FrontendsMap.Set(entries);

    public void DeleteFrontend(FrontendKey key) => FrontendsMap.Delete(key);

    public void SetSourceRanges(IReadOnlyCollection<SourceRangeKey> keys) =>
        SourceRangesMap.Set([.. keys.Select(k => KeyValuePair.Create(k, 1u))]);

    public void DeleteSourceRange(SourceRangeKey key) => SourceRangesMap.Delete(key);

    public void SetBackends(KeyValuePair<uint, Backend>[] entries)
    {
        _maps.Set(_maps.Backends, entries);
        foreach (var (place, backend) in entries)
        {
            _backends.Set(place, backend);
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
            GrowSlots(slot + 1);
            _slots[slot] = place;
        }
    }

    /// <summary>How many of nw_backends have an address; 0 removes the entry.</summary>
    public void SetReferences(IReadOnlyCollection<KeyValuePair<FrontendKey, uint>> counts)
    {
        ReferencesMap.Set([.. counts.Where(c => c.Value > 0)]);
        foreach (var (key, count) in counts)
        {
            if (count == 0 && ReferencesMap.Content.ContainsKey(key))
            {
                ReferencesMap.Delete(key);
            }
        }
    }

    /// <summary>Writes a place that was found to be another than it should be, if it is so still.</summary>
    public void RestoreBackend(uint place, Backend found)
    {
        if (found != BackendAt(place) && _maps.Backends.TryLookup(place, out var now) && now != BackendAt(place))
        {
            _maps.Set(_maps.Backends, [KeyValuePair.Create(place, BackendAt(place))]);
        }
    }

    /// <inheritdoc cref="RestoreBackend"/>
    public void RestoreSlot(uint slot, uint found)
    {
        if (found != _slots[slot] && _maps.Slots.TryLookup(slot, out var now) && now != _slots[slot])
        {
            _maps.Set(_maps.Slots, [KeyValuePair.Create(slot, _slots[slot])]);
        }
    }

    private void ReadSlots()
    {
        var end = FrontendsMap.Content.Values.SelectMany(Layouts.Lists).Select(l => (ulong)l.Base + l.Count).Where(e => e <= (ulong)_maps.Capacity.Slots).DefaultIfEmpty(0ul).Max();
        GrowSlots((uint)end);
        foreach (var (slot, place) in _maps.Slots.Entries())
        {
            if (slot >= end)
            {
                return;
            }

            _slots[slot] = place;
        }
    }

    private void GrowSlots(uint length)
    {
        if (length > _slots.Length)
        {
            Array.Resize(ref _slots, (int)Math.Max(length, (uint)_slots.Length * 2));
        }
    }
}
