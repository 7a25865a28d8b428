using System.Diagnostics.CodeAnalysis;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Which ranges of nw_slots are lists, and how many sides of frontends point to each. Restored from the frontends: of ranges that overlap, as only
/// another writer could leave, the first is kept and the others are unknown here, so that their frontends get a new list.
/// </summary>
internal sealed class SlotRanges
{
    private readonly Dictionary<uint, (uint Count, int Users)> _ranges = [];
    private readonly RangeAllocator _allocator;

    public SlotRanges(int capacity, IEnumerable<Frontend> frontends)
    {
        ulong next = 0;
        foreach (var list in frontends.SelectMany(Layouts.Lists).Where(l => l.Count > 0).OrderBy(l => l.Base))
        {
            var end = (ulong)list.Base + list.Count;
            if (Has(list))
            {
                Use(list);
            }
            else if (list.Base >= next && end <= (ulong)capacity)
            {
                _ranges.Add(list.Base, (list.Count, 1));
                next = end;
            }
        }

        _allocator = new RangeAllocator(capacity, _ranges.Select(r => ((int)r.Key, (int)r.Value.Count)));
    }

    public int Free => _allocator.Free;

    public IEnumerable<(uint Base, uint Count)> All => _ranges.Select(r => (r.Key, r.Value.Count));

    public bool Has(SlotList list) => _ranges.TryGetValue(list.Base, out var range) && range.Count == list.Count;

    /// <summary>A range that nothing uses yet.</summary>
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

    /// <summary>An empty list has no range.</summary>
    public void Use(SlotList list)
    {
        if (list.Count > 0)
        {
            _ranges[list.Base] = _ranges[list.Base] with { Users = _ranges[list.Base].Users + 1 };
        }
    }

    /// <summary>One user less; the last one frees the range. Also gives back a range that was never used.</summary>
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
