using System.Diagnostics.CodeAnalysis;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Which ranges of nw_slots are lists, and how many sides of frontends point to each. A list may be shorter than its range. Restored from the frontends:
/// of ranges that overlap, as only another writer could leave, the first is kept and the others are unknown here, so that their frontends get a new list.
/// </summary>
internal sealed class SlotRanges
{
    private readonly Dictionary<uint, (uint Count, int Users, bool IsTable)> _ranges = [];
    private readonly RangeAllocator _allocator;

    public SlotRanges(int capacity, IEnumerable<Frontend> frontends)
    {
        ulong next = 0;
        var lists = frontends.SelectMany(f => Layouts.Lists(f).Select(l => (List: l, IsTable: IsTable(f, l))));
        foreach (var (list, isTable) in lists.Where(l => l.List.Count > 0).OrderBy(l => l.List.Base).ThenByDescending(l => l.List.Count))
        {
            var end = (ulong)list.Base + list.Count;
            if (Has(list))
            {
                Use(list);
            }
            else if (list.Base >= next && end <= (ulong)capacity)
            {
                _ranges.Add(list.Base, (list.Count, 1, isTable));
                TableSlots += isTable ? list.Count : 0;
                next = end;
            }
        }

        MostTableSlots = (uint)capacity / 2;
        _allocator = new RangeAllocator(capacity, _ranges.Select(r => ((int)r.Key, (int)r.Value.Count)));
    }

    public int Free => _allocator.Free;

    /// <summary>How many slots Maglev tables have.</summary>
    public long TableSlots { get; private set; }

    /// <summary>How many they may have: lists, without which a Service is not served, need the rest.</summary>
    public long MostTableSlots { get; }

    public IEnumerable<(uint Base, uint Count)> All => _ranges.Select(r => (r.Key, r.Value.Count));

    public bool Has(SlotList list) => _ranges.TryGetValue(list.Base, out var range) && range.Count >= list.Count;

    /// <summary>Of a Maglev table's range; 0 for another.</summary>
    public uint TableSlotsOf(SlotList list) => Has(list) && _ranges[list.Base].IsTable ? _ranges[list.Base].Count : 0;

    /// <summary>A range that nothing uses yet.</summary>
    public bool TryAllocate(int count, bool isTable, [NotNullWhen(true)] out uint? slotBase)
    {
        var allocated = _allocator.TryAllocate(count, out var start);
        slotBase = (uint?)start;
        if (allocated)
        {
            _ranges.Add(slotBase!.Value, ((uint)count, 0, isTable));
            TableSlots += isTable ? count : 0;
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
        var range = _ranges[slotBase];
        if (range.Users > 1)
        {
            _ranges[slotBase] = range with { Users = range.Users - 1 };
            return;
        }

        _ranges.Remove(slotBase);
        TableSlots -= range.IsTable ? range.Count : 0;
        _allocator.Release((int)slotBase, (int)range.Count);
    }

    private static bool IsTable(Frontend frontend, SlotList list) => list.Count > 1 && ((FrontendFlag)frontend.Flags).HasFlag(FrontendFlag.Consistent);
}
