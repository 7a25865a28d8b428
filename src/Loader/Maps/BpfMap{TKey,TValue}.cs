using System.Runtime.CompilerServices;

namespace Netweir.Loader;

/// <summary>A map of the kernel. Keys and values are copied as they lie in memory: their types are generated from the map's BTF.</summary>
public sealed unsafe class BpfMap<TKey, TValue> : IBpfMap<TKey, TValue>, IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int Chunk = 512;
    private readonly RawMap _map;

    internal BpfMap(RawMap map, string path)
    {
        _map = map;
        map.CheckSizes(path, sizeof(TKey), sizeof(TValue));
    }

    public string Name => _map.Name;

    public MapInfo Info => _map.Info;

    public BpfFd Fd => _map.Fd;

    public bool TryLookup(TKey key, out TValue value)
    {
        TValue found = default;
        bool exists = _map.TryLookup(&key, &found);
        value = found;
        return exists;
    }

    public void Update(TKey key, TValue value, MapUpdate mode = MapUpdate.Any) => _map.Update(&key, &value, mode);

    public bool TryAdd(TKey key, TValue value) => _map.TryAdd(&key, &value);

    public bool Delete(TKey key) => _map.Delete(&key);

    public bool TryTake(TKey key, out TValue value)
    {
        TValue found = default;
        bool existed = _map.TryTake(&key, &found);
        value = found;
        return existed;
    }

    public void UpdateBatch(ReadOnlySpan<KeyValuePair<TKey, TValue>> entries)
    {
        int size = Math.Min(Chunk, entries.Length);
        var keys = new TKey[size];
        var values = new TValue[size];
        for (ReadOnlySpan<KeyValuePair<TKey, TValue>> rest = entries; !rest.IsEmpty; rest = rest[Math.Min(size, rest.Length)..])
        {
            int count = Math.Min(size, rest.Length);
            for (int i = 0; i < count; i++)
            {
                (keys[i], values[i]) = rest[i];
            }

            UpdateChunk(keys, values, count);
        }
    }

    /// <summary>Deletes entries; those that do not exist are passed over.</summary>
    public void DeleteBatch(ReadOnlySpan<TKey> keys)
    {
        fixed (TKey* first = keys)
        {
            int done = 0;
            while (done < keys.Length)
            {
                int count = Math.Min(Chunk, keys.Length - done);
                done += _map.DeleteBatch(first + done, count);
                if (done < keys.Length)
                {
                    _map.Delete(first + done++); // the one that did not exist, or the one-by-one way of a kernel without batches
                }
            }
        }
    }

    public IEnumerable<KeyValuePair<TKey, TValue>> Entries()
    {
        var reader = new BatchReader(_map);
        while (reader.Next())
        {
            for (int i = 0; i < reader.Count; i++)
            {
                yield return new KeyValuePair<TKey, TValue>(
                    Unsafe.ReadUnaligned<TKey>(ref reader.Keys[i * Unsafe.SizeOf<TKey>()]), Unsafe.ReadUnaligned<TValue>(ref reader.Values[i * _map.Stride]));
            }
        }
    }

    public void Dispose() => _map.Dispose();

    private void UpdateChunk(TKey[] keys, TValue[] values, int count)
    {
        fixed (TKey* key = keys)
        fixed (TValue* value = values)
        {
            for (int i = _map.UpdateBatch(key, value, count); i < count; i++)
            {
                _map.Update(key + i, value + i, MapUpdate.Any);
            }
        }
    }
}
