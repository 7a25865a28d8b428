using System.Diagnostics.CodeAnalysis;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Which ranges of nw_slots are lists, and how many frontends point to each. Restored from the frontends: of ranges that overlap, as only
/// another writer could leave, the first is kept and the others are unknown here, so that their frontends get a new list.
/// </summary>
internal sealed class SlotRanges
{
    private readonly Dictionary<uint, (uint Count, int Users)> _ranges = [];
    private readonly RangeAllocator _allocator;

    public SlotRanges(int capacity, IEnumerable<Frontend> frontends)
    {
        ulong next = 0;
        foreach (var frontend in frontends.Where(f => f.Inside.Count > 0).OrderBy(f => f.Inside.Base))
        {
            var end = (ulong)frontend.Inside.Base + frontend.Inside.Count;
            if (Has(frontend.Inside.Base, frontend.Inside.Count))
            {
                Use(frontend.Inside.Base);
            }
            else if (frontend.Inside.Base >= next && end <= (ulong)capacity)
            {
                _ranges.Add(frontend.Inside.Base, (frontend.Inside.Count, 1));
                next = end;
            }
        }

        _allocator = new RangeAllocator(capacity, _ranges.Select(r => ((int)r.Key, (int)r.Value.Count)));
    }

    public int Free => _allocator.Free;

    public IEnumerable<(uint Base, uint Count)> All => _ranges.Select(r => (r.Key, r.Value.Count));

    public bool Has(uint slotBase, uint count) => _ranges.TryGetValue(slotBase, out var range) && range.Count == count;

    /// <summary>A range that no frontend uses yet.</summary>
    public bool TryAllocate(int count, [NotNullWhen(true)] out uint? slotBase)
    {
        var allocated = _allocator.TryAllocate(count, out var start);
        slotBase = (uint?)start;
        if (allocated)
        {
            _ranges.Add(slotBase!.Value, ((uint)count, 0));
        }

        return allocated;
    }

    public void Use(uint slotBase) => _ranges[slotBase] = _ranges[slotBase] with { Users = _ranges[slotBase].Users + 1 };

    /// <summary>One frontend less; the last one frees the range. Also gives back a range that was never used.</summary>
    public void Drop(uint slotBase)
    {
        var (count, users) = _ranges[slotBase];
        if (users > 1)
        {
            _ranges[slotBase] = (count, users - 1);
            return;
        }

        _ranges.Remove(slotBase);
        _allocator.Release((int)slotBase, (int)count);
    }
}
