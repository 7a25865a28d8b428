using Netweir.Loader;

namespace Netweir.Controller.Tests.Services;

/// <summary>A map in memory with the kernel's rules: a hash that is full refuses, an array always has all its entries.</summary>
internal sealed class FakeMap<TKey, TValue>(FakeKernel kernel, string name, int capacity, TKey[]? indexes) : IBpfMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int TooBig = 7;
    private const int Invalid = 22;

    public Dictionary<TKey, TValue> Content { get; } = indexes is null ? [] : indexes.ToDictionary(i => i, _ => default(TValue));

    public bool TryLookup(TKey key, out TValue value) => Content.TryGetValue(key, out value);

    public void Update(TKey key, TValue value, MapUpdate mode = MapUpdate.Any)
    {
        kernel.BeforeWrite($"update {name}", () => $"update {name} {key} {value}");
        if (!Content.ContainsKey(key) && (indexes is not null || Content.Count >= capacity))
        {
            throw new BpfException("update", $"map {name}", TooBig);
        }

        Content[key] = value;
        kernel.AfterWrite($"update {name}");
    }

    public void UpdateBatch(ReadOnlySpan<KeyValuePair<TKey, TValue>> entries)
    {
        foreach (var (key, value) in entries)
        {
            Update(key, value);
        }
    }

    public bool TryAdd(TKey key, TValue value)
    {
        var free = !Content.ContainsKey(key);
        if (free)
        {
            Update(key, value);
        }

        return free;
    }

    public bool TryTake(TKey key, out TValue value) => TryLookup(key, out value) && Delete(key);

    public bool Delete(TKey key)
    {
        kernel.BeforeWrite($"delete {name}", () => $"delete {name} {key}");
        if (indexes is not null)
        {
            throw new BpfException("delete from", $"map {name}", Invalid);
        }

        var existed = Content.Remove(key);
        kernel.AfterWrite($"delete {name}");
        return existed;
    }

    public IEnumerable<KeyValuePair<TKey, TValue>> Entries() => Content.ToArray();
}
