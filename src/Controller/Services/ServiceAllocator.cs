using System.Diagnostics.CodeAnalysis;

namespace Netweir.Controller.Services;

/// <summary>
/// Service ids, places in nw_backends with generations, ranges of nw_slots: all restored from the maps, so that a restart changes none.
/// Ids count upwards and wrap; a freed place is reused as late as possible; generations count upwards across all places (a freed place keeps
/// its last one in the map), so that a place's next user never has the generation of an earlier one. 0 is never an id, a generation or a place:
/// an uninitialised reference shows.
/// </summary>
internal sealed class ServiceAllocator
{
    private readonly PlaceAllocator _places;
    private readonly HashSet<uint> _ids;
    private uint _lastId;
    private uint _lastGeneration;

    public ServiceAllocator(ActualMaps actual)
    {
        // What an earlier agent put beyond the limit stays.
        _places = new PlaceAllocator((uint)actual.Capacity.Places, actual.UsedPlaces.Where(p => p != 0).Prepend(0u));
        _ids = [.. actual.Services.Keys, .. actual.Frontends.Values.Select(f => f.Service), .. actual.UsedPlaces.Select(p => actual.BackendAt(p).Service)];
        _lastId = _ids.DefaultIfEmpty(0u).Max();
        _lastGeneration = actual.LastGeneration;
        Ranges = new SlotRanges(actual.Capacity.Slots, actual.Frontends.Values);
    }

    public SlotRanges Ranges { get; }

    public uint NextId()
    {
        do
        {
            _lastId++;
        }
        while (_lastId == 0 || !_ids.Add(_lastId));
        return _lastId;
    }

    public void ReleaseId(uint id) => _ids.Remove(id);

    public bool TryPlace([NotNullWhen(true)] out uint? place, out uint generation)
    {
        var allocated = _places.TryAllocate(out place);
        generation = allocated ? NextGeneration() : 0;
        return allocated;
    }

    public void ReleasePlace(uint place)
    {
        if (place != 0)
        {
            _places.Release(place);
        }
    }

    private uint NextGeneration() => _lastGeneration = _lastGeneration == uint.MaxValue ? 1 : _lastGeneration + 1;
}
