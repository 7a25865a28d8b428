namespace Netweir.Loader;

/// <summary>Flags of an update, as in linux/bpf.h.</summary>
public enum MapUpdate
{
    /// <summary>BPF_ANY: create or replace.</summary>
    Any = 0,

    /// <summary>BPF_NOEXIST: only create; EEXIST otherwise.</summary>
    NoExist = 1,

    /// <summary>BPF_EXIST: only replace; ENOENT otherwise.</summary>
    Exist = 2,
}
