using System.Runtime.CompilerServices;

namespace Netweir.Loader;

/// <summary>A per-CPU map of the kernel, read: every entry has one value per possible CPU, each written by its own CPU only.</summary>
public sealed unsafe class PerCpuBpfMap<TKey, TValue> : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    private readonly RawMap _map;

    internal PerCpuBpfMap(RawMap map, string path)
    {
        _map = map;
        map.CheckSizes(path, sizeof(TKey), sizeof(TValue));
    }

    public string Name => _map.Name;

    public MapInfo Info => _map.Info;

    public BpfFd Fd => _map.Fd;

    /// <param name="values">One per possible CPU.</param>
    public bool TryLookup(TKey key, out TValue[] values)
    {
        byte[] raw = new byte[Cpus.Possible * Stride];
        fixed (byte* destination = raw)
        {
            bool exists = _map.TryLookup(&key, destination);
            values = exists ? Split(raw, 0) : [];
            return exists;
        }
    }

    /// <summary>Sets the values of all CPUs; what a CPU counts meanwhile may be lost.</summary>
    public void Update(TKey key, ReadOnlySpan<TValue> values, MapUpdate mode = MapUpdate.Any)
    {
        if (values.Length != Cpus.Possible)
        {
            throw new ArgumentException($"An entry of {Name} has {Cpus.Possible} values, one per possible CPU, not {values.Length}.", nameof(values));
        }

        byte[] raw = new byte[Cpus.Possible * Stride];
        for (int cpu = 0; cpu < values.Length; cpu++)
        {
            Unsafe.WriteUnaligned(ref raw[cpu * Stride], values[cpu]);
        }

        fixed (byte* source = raw)
        {
            _map.Update(&key, source, mode);
        }
    }

    /// <inheritdoc cref="IBpfMap{TKey, TValue}.Entries"/>
    public IEnumerable<KeyValuePair<TKey, TValue[]>> Entries()
    {
        var reader = new BatchReader(_map);
        while (reader.Next())
        {
            for (int i = 0; i < reader.Count; i++)
            {
                yield return new KeyValuePair<TKey, TValue[]>(
                    Unsafe.ReadUnaligned<TKey>(ref reader.Keys[i * Unsafe.SizeOf<TKey>()]), Split(reader.Values, i * _map.Stride));
            }
        }
    }

    public void Dispose() => _map.Dispose();

    /// <summary>The kernel pads each CPU's value to 8 bytes.</summary>
    private static int Stride => (sizeof(TValue) + 7) & ~7;

    private static TValue[] Split(byte[] raw, int offset)
    {
        var values = new TValue[Cpus.Possible];
        for (int cpu = 0; cpu < values.Length; cpu++)
        {
            values[cpu] = Unsafe.ReadUnaligned<TValue>(ref raw[offset + (cpu * Stride)]);
        }

        return values;
    }
}
