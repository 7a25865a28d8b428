namespace Netweir.Loader;

/// <summary>A map with typed keys and values. Operations on one entry are atomic; nothing else is.</summary>
public interface IBpfMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    bool TryLookup(TKey key, out TValue value);

    /// <exception cref="BpfException">E2BIG: the map is full; EEXIST, ENOENT: refused by <paramref name="mode"/>.</exception>
    void Update(TKey key, TValue value, MapUpdate mode = MapUpdate.Any);

    /// <returns>false: there is such an entry already.</returns>
    /// <exception cref="BpfException">E2BIG: the map is full.</exception>
    bool TryAdd(TKey key, TValue value);

    /// <summary>Deletes an entry and says what it was at that moment. Of hash maps (Linux 5.14).</summary>
    /// <returns>false: there was no such entry.</returns>
    bool TryTake(TKey key, out TValue value);

    /// <summary>Creates or replaces entries, in order. When it throws, some of them may have been applied.</summary>
    /// <exception cref="BpfException">E2BIG: the map is full.</exception>
    void UpdateBatch(ReadOnlySpan<KeyValuePair<TKey, TValue>> entries);

    /// <returns>false: there was no such entry. An array's entries always exist and cannot be deleted (EINVAL).</returns>
    bool Delete(TKey key);

    /// <summary>
    /// All entries, read as the enumeration goes: entries that others add or delete meanwhile may be missing; one may be seen twice when the map changes.
    /// </summary>
    IEnumerable<KeyValuePair<TKey, TValue>> Entries();
}
