using Netweir.Loader;

namespace Netweir.Controller;

/// <summary>
/// Makes one map equal to what is desired. What is in the map is read at first, after an error, and when asked for; else it is remembered.
/// </summary>
internal sealed class MapReconciler<TKey, TValue>(string name, IBpfMap<TKey, TValue> map, TamperLog tampering)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged, IEquatable<TValue>
{
    private Dictionary<TKey, TValue>? _actual;

    /// <summary>The number of entries written or deleted.</summary>
    /// <exception cref="BpfException">The map is full, or the kernel refused; what was written stays.</exception>
    public int Reconcile(IReadOnlyDictionary<TKey, TValue> desired, bool reread)
    {
        if (_actual is null || reread)
        {
            Read();
        }
        var diff = MapDiff<TKey, TValue>.Compute(desired, _actual!);
        if (diff.IsEmpty)
        {
            return 0;
        }
        try
        {
            Write(diff);
        }
        catch
        {
            _actual = null;
            throw;
        }
        _actual = new Dictionary<TKey, TValue>(desired);
        return diff.Upserts.Count + diff.Deletes.Count;
    }

    /// <summary>New entries before old ones go; in a full map the other way round, and then one by one, so that all get in for whom there is room.</summary>
    private void Write(MapDiff<TKey, TValue> diff)
    {
        var full = false;
        try
        {
            map.UpdateBatch([.. diff.Upserts]);
        }
        catch (BpfException e) when (IsFull(e))
        {
            full = true;
        }
        foreach (var key in diff.Deletes)
        {
            map.Delete(key);
        }
        if (full)
        {
            OneByOne(diff.Upserts);
        }
    }

    private void OneByOne(IReadOnlyList<KeyValuePair<TKey, TValue>> upserts)
    {
        var (left, last) = (0, default(BpfException));
        foreach (var (key, value) in upserts)
        {
            try
            {
                map.Update(key, value);
            }
            catch (BpfException e) when (IsFull(e))
            {
                (left, last) = (left + 1, e);
            }
        }
        if (last is not null)
        {
            throw new BpfException(
                $"{name} has room for {upserts.Count - left} of {upserts.Count} new entries; those that it has are untouched, and the others are tried again; "
                + $"give the agent a larger --map-size {name}=N ({last.Message})", last);
        }
    }

    /// <summary>A hash says E2BIG, a trie ENOSPC.</summary>
    private static bool IsFull(BpfException e) => e.Errno is BpfErrno.E2BIG or BpfErrno.ENOSPC;

    private void Read()
    {
        var actual = new Dictionary<TKey, TValue>();
        foreach (var (key, value) in map.Entries())
        {
            actual[key] = value;
        }
        tampering.CountIf(
            _actual is not null && !MapDiff<TKey, TValue>.Compute(_actual, actual).IsEmpty, "map", $"{name} has other entries than were written");
        _actual = actual;
    }
}
