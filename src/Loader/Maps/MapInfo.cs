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

    /// <summary><c>hash map, 16-byte key, 16-byte value, 4096 entries, flags 0x0</c></summary>
    public string Describe() => MapLayout.Describe(Type, KeySize, ValueSize, MaxEntries, MapFlags);
}
