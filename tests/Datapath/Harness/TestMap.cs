using Netweir.Loader;

namespace Netweir.Datapath.Tests.Harness;

/// <summary>A map as a dictionary. <paramref name="changed"/> is called after each write.</summary>
internal sealed class TestMap<TKey, TValue>(BpfMap<TKey, TValue> map, Action? changed = null) : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    public TValue this[TKey key]
    {
        get => Find(key) ?? throw new KeyNotFoundException($"{map.Name} has no entry {key}");
        set
        {
            map.Update(key, value);
            changed?.Invoke();
        }
    }

    public int Count => map.Entries().Count();

    public TValue? Find(TKey key) => map.TryLookup(key, out var value) ? value : null;

    public void Remove(TKey key)
    {
        map.Delete(key);
        changed?.Invoke();
    }

    public IReadOnlyList<KeyValuePair<TKey, TValue>> Entries() => [.. map.Entries()];

    public void CopyTo(TestMap<TKey, TValue> other) => Entries().ToList().ForEach(e => other[e.Key] = e.Value);

    public void Dispose() => map.Dispose();
}
