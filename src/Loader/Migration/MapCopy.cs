using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>
/// Copies the entries of a map to one of another layout or size. Arrays keep their indices. Per-CPU maps are counters: they are carried over unless
/// their number of entries differs, which means that an index stands for something else: then they start from zero.
/// </summary>
internal sealed unsafe class MapCopy : IDisposable
{
    private readonly RawMap _from;
    private readonly RawMap _to;
    private readonly StructCopy _key;
    private readonly StructCopy _value;

    /// <summary>New keys to old ones, where two old ones could become one; else null.</summary>
    private readonly Dictionary<string, string>? _keys;

    private MapCopy(RawMap from, RawMap to, StructCopy key, StructCopy value)
    {
        (_from, _to, _key, _value) = (from, to, key, value);
        _keys = key.Drops ? new Dictionary<string, string>(StringComparer.Ordinal) : null;
    }

    public string Name => _from.Name;

    /// <summary>Written by programs too, not only by the agent and the CNI plugin.</summary>
    public bool IsWrittenByPrograms => _from.Info.IsLru;

    /// <summary>Takes a copy of the descriptors.</summary>
    /// <exception cref="MapLayoutException">The one's entries cannot become the other's.</exception>
    public static MapCopy Plan(string name, BpfFd from, BpfFd to)
    {
        string target = $"map {name}";
        MapInfo old = MapInfo.Of(from, target), now = MapInfo.Of(to, target);
        if (!IsSameKind(old.Type, now.Type))
        {
            throw MapLayoutException.NoCopy(name, old, now, "a map of the one type cannot be copied to one of the other");
        }

        (StructCopy key, StructCopy value) = PlanFields(name, old, now);
        return new MapCopy(new RawMap(BpfFd.Duplicate(from.Value, target), name, old), new RawMap(BpfFd.Duplicate(to.Value, target), name, now), key, value);
    }

    /// <exception cref="MapLayoutException">The old map has more entries than the new one takes.</exception>
    public void CheckRoom()
    {
        if (_to.Info.IsArray || _to.Info.MaxEntries >= _from.Info.MaxEntries)
        {
            return; // of an array's entries only the copy tells which are in use
        }

        long count = 0;
        for (var reader = new BatchReader(_from); reader.Next();)
        {
            count += reader.Count;
        }

        if (count > _to.Info.MaxEntries)
        {
            throw NoRoom($"it has {count} entries");
        }
    }

    /// <summary>Copies all entries; what is there already is replaced.</summary>
    /// <returns>How many.</returns>
    public int All()
    {
        bool counters = _from.Info.IsPerCpu;
        return counters && _from.Info.MaxEntries != _to.Info.MaxEntries ? 0 : Run(_from.Info.IsArray && !counters ? WriteArray : WriteAll);
    }

    /// <summary>
    /// Copies the entries that are missing. One that a program changed between its reading and its writing is written again: of a flow that starts
    /// anew in this moment the newer word counts.
    /// </summary>
    /// <returns>How many were missing.</returns>
    public int Missing() => Run(WriteMissing);

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
    }

    private static bool IsSameKind(bpf_map_type from, bpf_map_type to) => from == to || (IsHash(from) && IsHash(to));

    private static bool IsHash(bpf_map_type type) => type is bpf_map_type.BPF_MAP_TYPE_HASH or bpf_map_type.BPF_MAP_TYPE_LRU_HASH;

    private static (StructCopy Key, StructCopy Value) PlanFields(string name, MapInfo old, MapInfo now)
    {
        if (old.BtfId == 0 || old.ValueTypeId == 0 || now.BtfId == 0 || now.ValueTypeId == 0)
        {
            return (old.KeySize, old.ValueSize) == (now.KeySize, now.ValueSize)
                ? (StructCopy.Bytes((int)old.KeySize), StructCopy.Bytes((int)old.ValueSize))
                : throw MapLayoutException.NoCopy(name, old, now, "the kernel has no BTF of both, so that their fields are not known");
        }

        string target = $"map {name}";
        Btf from = KernelBtf.Read(old.BtfId, target), to = KernelBtf.Read(now.BtfId, target);
        try
        {
            return (StructCopyPlan.Make(from, old.KeyTypeId, to, now.KeyTypeId), StructCopyPlan.Make(from, old.ValueTypeId, to, now.ValueTypeId));
        }
        catch (FormatException e)
        {
            throw MapLayoutException.NoCopy(name, old, now, e.Message);
        }
    }

    private delegate int Writer(BatchReader read, byte[] keys, byte[] values);

    private int Run(Writer write)
    {
        int written = 0, keySize = (int)_to.Info.KeySize;
        for (var reader = new BatchReader(_from); reader.Next();)
        {
            byte[] keys = new byte[reader.Count * keySize], values = new byte[reader.Count * _to.Stride];
            for (int i = 0; i < reader.Count; i++)
            {
                Convert(reader, i, keys.AsSpan(i * keySize, keySize), values.AsSpan(i * _to.Stride, _to.Stride));
            }

            written += write(reader, keys, values);
        }

        return written;
    }

    private int WriteAll(BatchReader read, byte[] keys, byte[] values)
    {
        fixed (byte* key = keys, value = values)
        {
            int done = _to.Info.IsPerCpu ? 0 : _to.UpdateBatch(key, value, read.Count);
            for (; done < read.Count; done++)
            {
                _to.Update(key + (done * _to.Info.KeySize), value + (done * _to.Stride), MapUpdate.Any);
            }
        }

        return read.Count;
    }

    /// <summary>Entries that are all zero are not in use.</summary>
    private int WriteArray(BatchReader read, byte[] keys, byte[] values)
    {
        int written = 0;
        fixed (byte* key = keys, value = values)
        {
            for (int i = 0; i < read.Count; i++)
            {
                if (!values.AsSpan(i * _to.Stride, _to.Stride).ContainsAnyExcept((byte)0))
                {
                    continue;
                }

                uint index = ((uint*)key)[i];
                if (index >= _to.Info.MaxEntries)
                {
                    throw NoRoom($"its entry {index} is in use");
                }

                _to.Update(key + (i * _to.Info.KeySize), value + (i * _to.Stride), MapUpdate.Any);
                written++;
            }
        }

        return written;
    }

    private int WriteMissing(BatchReader read, byte[] keys, byte[] values)
    {
        List<int> added = [];
        fixed (byte* key = keys, value = values)
        {
            for (int i = 0; i < read.Count; i++)
            {
                if (_to.TryAdd(key + (i * _to.Info.KeySize), value + (i * _to.Stride)))
                {
                    added.Add(i);
                }
            }

            foreach (int i in added)
            {
                Refresh(read, i, key + (i * _to.Info.KeySize));
            }
        }

        return added.Count;
    }

    private void Refresh(BatchReader read, int i, byte* key)
    {
        byte* now = stackalloc byte[_from.Stride];
        byte[] value = new byte[_to.Stride];
        fixed (byte* from = read.Keys, to = value)
        {
            var current = new ReadOnlySpan<byte>(now, _from.Stride);
            if (_from.TryLookup(from + (i * _from.Info.KeySize), now) && !current.SequenceEqual(read.Values.AsSpan(i * _from.Stride, _from.Stride)))
            {
                Convert(current, value);
                _to.Update(key, to, MapUpdate.Any);
            }
        }
    }

    private void Convert(BatchReader read, int i, Span<byte> key, Span<byte> value)
    {
        ReadOnlySpan<byte> old = read.Keys.AsSpan(i * (int)_from.Info.KeySize, (int)_from.Info.KeySize);
        try
        {
            _key.Apply(old, key);
            Convert(read.Values.AsSpan(i * _from.Stride, _from.Stride), value);
        }
        catch (OverflowException e)
        {
            throw MapLayoutException.NoCopy(Name, _from.Info, _to.Info, $"of the entry {System.Convert.ToHexStringLower(old)}, {e.Message}");
        }

        if (_keys is not null)
        {
            string from = System.Convert.ToHexStringLower(old), to = System.Convert.ToHexStringLower(key);
            if (!_keys.TryAdd(to, from) && _keys[to] != from)
            {
                throw MapLayoutException.NoCopy(Name, _from.Info, _to.Info, $"its entries {_keys[to]} and {from} would become one");
            }
        }
    }

    /// <summary>Every CPU's value, or the only one.</summary>
    private void Convert(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int count = _from.Info.IsPerCpu ? Cpus.Possible : 1;
        for (int cpu = 0; cpu < count; cpu++)
        {
            int fromStride = from.Length / count, toStride = to.Length / count;
            _value.Apply(from.Slice(cpu * fromStride, fromStride), to.Slice(cpu * toStride, toStride));
        }
    }

    private MapLayoutException NoRoom(string cause) => MapLayoutException.NoRoom(Name, _from.Info, _to.Info, cause);
}
