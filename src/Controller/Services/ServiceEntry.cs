using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>Mutable, guarded by the store's lock. What it hands out does not change.</summary>
internal sealed class ServiceEntry
{
    private EndpointSlice[] _slices = [];
    private List<DateTimeOffset>? _triggers;

    public Service? Service { get; set; }

    /// <summary>Sorted by name. A service has one or two as a rule, so that copying them is cheap.</summary>
    public IReadOnlyList<EndpointSlice> Slices => _slices;

    public bool IsEmpty => Service is null && _slices.Length == 0;

    public EndpointSlice? Find(string name) => PlaceOf(name) is >= 0 and var place ? _slices[place] : null;

    public void Put(EndpointSlice slice)
    {
        var place = PlaceOf(slice.Metadata.Name);
        _slices = place >= 0 ? [.. _slices[..place], slice, .. _slices[(place + 1)..]] : [.. _slices[..~place], slice, .. _slices[~place..]];
    }

    public void Remove(string name)
    {
        if (PlaceOf(name) is >= 0 and var place)
        {
            _slices = [.. _slices[..place], .. _slices[(place + 1)..]];
        }
    }

    public void Triggered(DateTimeOffset time) => (_triggers ??= []).Add(time);

    public IReadOnlyList<DateTimeOffset> TakeTriggers()
    {
        var taken = _triggers;
        _triggers = null;
        return taken ?? [];
    }

    /// <summary>Its index, or the complement of where it would be.</summary>
    private int PlaceOf(string name)
    {
        var (low, high) = (0, _slices.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_slices[middle].Metadata.Name, name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
