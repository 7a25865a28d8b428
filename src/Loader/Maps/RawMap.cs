using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>Map operations on bytes; turns the kernel's answers into results and <see cref="BpfException"/>.</summary>
internal sealed unsafe class RawMap(BpfFd fd, string name, MapInfo info) : IDisposable
{
    public string Name { get; } = name;

    public MapInfo Info { get; } = info;

    public BpfFd Fd { get; } = fd;

    /// <summary>Bytes of an entry's value as they pass to and from the kernel: of all CPUs, each padded to 8 bytes, if the map is per CPU.</summary>
    public int Stride => Info.IsPerCpu ? Cpus.Possible * (((int)Info.ValueSize + 7) & ~7) : (int)Info.ValueSize;

    public static RawMap OpenPinned(string path, string name)
    {
        BpfFd fd = BpfFd.OpenPinned(path, $"map {name}");
        return new RawMap(fd, name, MapInfo.Of(fd, $"map {name}"));
    }

    public bool TryLookup(void* key, void* value)
    {
        int result = Native.bpf_map_lookup_elem(Fd.Value, key, value);
        return result switch
        {
            0 => true,
            -BpfErrno.ENOENT => false,
            _ => throw Failed("look up an entry of", -result),
        };
    }

    public void Update(void* key, void* value, MapUpdate mode)
    {
        int result = Native.bpf_map_update_elem(Fd.Value, key, value, (ulong)mode);
        if (result < 0)
        {
            throw Failed("update an entry of", -result);
        }
    }

    /// <returns>false: there is such an entry already.</returns>
    public bool TryAdd(void* key, void* value)
    {
        int result = Native.bpf_map_update_elem(Fd.Value, key, value, (ulong)MapUpdate.NoExist);
        return result switch
        {
            0 => true,
            -BpfErrno.EEXIST => false,
            _ => throw Failed("add an entry to", -result),
        };
    }

    public bool Delete(void* key)
    {
        int result = Native.bpf_map_delete_elem(Fd.Value, key);
        return result switch
        {
            0 => true,
            -BpfErrno.ENOENT => false,
            _ => throw Failed("delete an entry of", -result),
        };
    }

    /// <summary>Look-up and deletion in one.</summary>
    public bool TryTake(void* key, void* value)
    {
        int result = Native.bpf_map_lookup_and_delete_elem(Fd.Value, key, value);
        return result switch
        {
            0 => true,
            -BpfErrno.ENOENT => false,
            _ => throw Failed("take an entry from", -result),
        };
    }

    /// <param name="key">null: the first.</param>
    public bool NextKey(void* key, void* next)
    {
        int result = Native.bpf_map_get_next_key(Fd.Value, key, next);
        return result switch
        {
            0 => true,
            -BpfErrno.ENOENT => false,
            _ => throw Failed("list the keys of", -result),
        };
    }

    /// <returns>How many were applied; fewer than asked when the kernel has no batches for this map: the rest is to be done one by one.</returns>
    public int UpdateBatch(void* keys, void* values, int count)
    {
        uint done = (uint)count;
        Opts.Init(out bpf_map_batch_opts opts);
        int result = Native.bpf_map_update_batch(Fd.Value, keys, values, &done, &opts);
        return Applied(result, done, count, "update entries of");
    }

    /// <inheritdoc cref="UpdateBatch"/>
    public int DeleteBatch(void* keys, int count)
    {
        uint done = (uint)count;
        Opts.Init(out bpf_map_batch_opts opts);
        int result = Native.bpf_map_delete_batch(Fd.Value, keys, &done, &opts);
        return result == -BpfErrno.ENOENT ? (int)done : Applied(result, done, count, "delete entries of");
    }

    /// <param name="cursor">Opaque, as large as a key and at least 4 bytes; null in <paramref name="from"/> starts.</param>
    /// <returns>0, or a positive errno: ENOENT at the end (with the last entries), ENOSPC when a bucket is larger than <paramref name="count"/>.</returns>
    public int LookupBatch(void* from, void* cursor, void* keys, void* values, ref uint count)
    {
        Opts.Init(out bpf_map_batch_opts opts);
        fixed (uint* places = &count)
        {
            return -Native.bpf_map_lookup_batch(Fd.Value, from, cursor, keys, values, places, &opts);
        }
    }

    public void CheckSizes(string path, int keySize, int valueSize)
    {
        if (Info.KeySize != keySize || Info.ValueSize != valueSize)
        {
            string wanted = MapLayout.Describe(Info.Type, (uint)keySize, (uint)valueSize, Info.MaxEntries, Info.MapFlags);
            throw new MapLayoutException(Name, path, wanted, Info.Describe());
        }
    }

    public BpfException Failed(string operation, int errno) => new(operation, $"map {Name}", errno, Remedy(errno));

    public void Dispose() => Fd.Dispose();

    private int Applied(int result, uint done, int count, string operation) => result switch
    {
        0 => count,
        -BpfErrno.EINVAL or -BpfErrno.ENOTSUP or -BpfErrno.ENOTSUPP when done is 0 || done == count => 0,
        _ => throw Failed(operation, -result),
    };

    private string? Remedy(int errno) => errno switch
    {
        BpfErrno.E2BIG or BpfErrno.ENOSPC => $"the map is full or the key lies outside of it ({Info.MaxEntries} entries); raise its max_entries",
        BpfErrno.ENOENT => "there is no such entry",
        BpfErrno.EEXIST => "there is such an entry already",
        _ => null,
    };
}
