using System.Globalization;
using System.Runtime.InteropServices;
using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>What the kernel says of a map.</summary>
public sealed record MapInfo
{
    public required uint Id { get; init; }

    /// <summary>At most 15 characters: the kernel cuts longer names.</summary>
    public required string Name { get; init; }
    public required bpf_map_type Type { get; init; }
    public required uint KeySize { get; init; }
    public required uint ValueSize { get; init; }
    public required uint MaxEntries { get; init; }
    public required uint MapFlags { get; init; }

    /// <summary>Memory that the kernel accounts for the map, when it was asked for; before Linux 6.4 what the map could use at most.</summary>
    public long Bytes { get; init; }

    public bool IsPerCpu => Type is bpf_map_type.BPF_MAP_TYPE_PERCPU_ARRAY or bpf_map_type.BPF_MAP_TYPE_PERCPU_HASH
        or bpf_map_type.BPF_MAP_TYPE_LRU_PERCPU_HASH;

    public bool IsArray => Type is bpf_map_type.BPF_MAP_TYPE_ARRAY or bpf_map_type.BPF_MAP_TYPE_PERCPU_ARRAY;

    /// <summary>The kernel forgets what was idle longest. Here these are the maps that programs write.</summary>
    public bool IsLru => Type is bpf_map_type.BPF_MAP_TYPE_LRU_HASH;

    internal uint BtfId { get; init; }
    internal uint KeyTypeId { get; init; }
    internal uint ValueTypeId { get; init; }

    public static MapInfo Of(BpfFd map, string target)
    {
        ArgumentNullException.ThrowIfNull(map);
        bpf_map_info info = map.MapInfo(target);
        return new MapInfo
        {
            Id = info.id,
            Name = Utf8.Read(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref info.name, 1))),
            Type = (bpf_map_type)info.type,
            KeySize = info.key_size,
            ValueSize = info.value_size,
            MaxEntries = info.max_entries,
            MapFlags = info.map_flags,
            BtfId = info.btf_id,
            KeyTypeId = info.btf_key_type_id,
            ValueTypeId = info.btf_value_type_id,
        };
    }

    /// <summary>Also asks for <see cref="Bytes"/>, which costs a file read.</summary>
    internal static MapInfo WithBytes(BpfFd map, string target)
    {
        const string key = "memlock:";
        string? line = File.ReadLines($"/proc/self/fdinfo/{map.Value}").FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal));
        return Of(map, target) with { Bytes = line is null ? 0 : long.Parse(line.AsSpan(key.Length), CultureInfo.InvariantCulture) };
    }

    /// <summary><c>hash, key of 16 bytes, value of 16 bytes, 4096 entries, flags 0x0</c></summary>
    public string Describe() => MapLayout.Describe(Type, KeySize, ValueSize, MaxEntries, MapFlags);
}
