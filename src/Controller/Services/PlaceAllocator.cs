using System.Diagnostics.CodeAnalysis;

namespace Netweir.Controller.Services;

/// <summary>Places of nw_backends, in constant time: first those that were free from the start, ascending, then the one that was given back longest ago.</summary>
internal sealed class PlaceAllocator
{
    /// <summary>Free from the start; end exclusive.</summary>
    private readonly Queue<(uint Start, uint End)> _gaps = new();
    private readonly Queue<uint> _released = new();
    private uint _next;
    private uint _end;

    /// <summary>Everything in [0, <paramref name="capacity"/>) is free but <paramref name="used"/>, which are distinct and ascending and may lie beyond.</summary>
    public PlaceAllocator(uint capacity, IEnumerable<uint> used)
    {
        var next = 0u;
        foreach (var place in used)
        {
            AddGap(next, Math.Min(place, capacity));
            next = place + 1;
        }

        AddGap(next, capacity);
    }

    public bool TryAllocate([NotNullWhen(true)] out uint? place)
    {
        if (_next == _end && _gaps.TryDequeue(out var gap))
        {
            (_next, _end) = gap;
        }

        place = _next < _end ? _next++ : _released.TryDequeue(out var oldest) ? oldest : null;
        return place is not null;
    }

    public void Release(uint place) => _released.Enqueue(place);

    private void AddGap(uint start, uint end)
    {
        if (start < end)
        {
            _gaps.Enqueue((start, end));
        }
    }
}
