using Netweir.Loader;

namespace Netweir.Controller.Tests;

/// <summary>A map without a kernel, which takes a limited number of entries.</summary>
internal sealed class MemoryMap<TKey, TValue>(int maxEntries = int.MaxValue) : IBpfMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    public Dictionary<TKey, TValue> Content { get; } = [];

    /// <summary>Entries written or deleted so far.</summary>
    public int Writes { get; private set; }

    public bool TryLookup(TKey key, out TValue value) => Content.TryGetValue(key, out value);

    public void Update(TKey key, TValue value, MapUpdate mode = MapUpdate.Any)
    {
        if (!Content.ContainsKey(key) && Content.Count >= maxEntries)
        {
            throw new BpfException("update an entry of", "map test", 7 /* E2BIG */);
        }
        Content[key] = value;
        Writes++;
    }

    public void UpdateBatch(ReadOnlySpan<KeyValuePair<TKey, TValue>> entries)
    {
        foreach (var (key, value) in entries)
        {
            Update(key, value);
        }
    }

    /// <summary>Called before an entry is taken: what others do at the last moment.</summary>
    public Action<TKey>? Taking { get; set; }

    public bool TryAdd(TKey key, TValue value)
    {
        if (Content.ContainsKey(key))
        {
            return false;
        }

        Update(key, value);
        return true;
    }

    public bool TryTake(TKey key, out TValue value)
    {
        Taking?.Invoke(key);
        Writes++;
        return Content.Remove(key, out value);
    }

    public bool Delete(TKey key)
    {
        Writes++;
        return Content.Remove(key);
    }

    public IEnumerable<KeyValuePair<TKey, TValue>> Entries() => [.. Content];
}
