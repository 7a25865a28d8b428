using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>A map as its declaration says, before there is one in the kernel.</summary>
public record MapSpec
{
    public required string Name { get; init; }
    public required bpf_map_type Type { get; init; }

    /// <summary>In bytes.</summary>
    public required uint KeySize { get; init; }

    /// <summary>In bytes, of one CPU's value.</summary>
    public required uint ValueSize { get; init; }

    public required uint MaxEntries { get; init; }

    /// <summary>BPF_F_*.</summary>
    public uint MapFlags { get; init; }

    /// <summary>LIBBPF_PIN_BY_NAME.</summary>
    public bool PinnedByName { get; init; }

    /// <summary>BTF type ids; 0 when only a size was declared.</summary>
    public uint KeyType { get; init; }

    public uint ValueType { get; init; }

    public bool IsPerCpu => Type is bpf_map_type.BPF_MAP_TYPE_PERCPU_ARRAY or bpf_map_type.BPF_MAP_TYPE_PERCPU_HASH
        or bpf_map_type.BPF_MAP_TYPE_LRU_PERCPU_HASH or bpf_map_type.BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;

    public bool IsArray => Type is bpf_map_type.BPF_MAP_TYPE_ARRAY or bpf_map_type.BPF_MAP_TYPE_PERCPU_ARRAY;
}
