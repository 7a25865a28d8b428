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
            map.UpdateBatch([.. diff.Upserts]);
            foreach (var key in diff.Deletes)
            {
                map.Delete(key);
            }
        }
        catch
        {
            _actual = null;
            throw;
        }
        _actual = new Dictionary<TKey, TValue>(desired);
        return diff.Upserts.Count + diff.Deletes.Count;
    }

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
