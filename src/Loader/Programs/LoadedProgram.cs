using System.Runtime.InteropServices;
using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>A program of whoever loaded it, by the kernel's id.</summary>
/// <param name="Name">At most 15 characters: the kernel cuts longer ones.</param>
public sealed record LoadedProgram(uint Id, string Name)
{
    private const int MostAtAHook = 64; // the kernel's BPF_MPROG_MAX

    /// <returns>null when there is none any more.</returns>
    /// <exception cref="BpfException">EPERM: only an administrator may ask.</exception>
    public static LoadedProgram? Find(uint id)
    {
        int result = Native.bpf_prog_get_fd_by_id(id);
        if (result == -BpfErrno.ENOENT)
        {
            return null;
        }

        using var fd = result >= 0 ? new BpfFd(result) : throw new BpfException("open", $"program {id}", -result);
        bpf_prog_info info = fd.ProgramInfo($"program {id}");
        return new LoadedProgram(id, Utf8.Read(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref info.name, 1))));
    }

    /// <summary>Ids of a device's TCX programs, in the order in which they run; empty on a kernel without TCX.</summary>
    /// <param name="ifindex">A device of this thread's network namespace.</param>
    public static unsafe IReadOnlyList<uint> AtTcx(uint ifindex, TcxDirection direction)
    {
        uint[] ids = new uint[MostAtAHook];
        fixed (uint* first = ids)
        {
            Opts.Init(out bpf_prog_query_opts opts);
            opts.prog_ids = first;
            opts.count = MostAtAHook;
            int result = Native.bpf_prog_query_opts((int)ifindex, (bpf_attach_type)direction, &opts);
            return result switch
            {
                0 => ids[..(int)opts.count],
                -BpfErrno.ENOENT or -BpfErrno.EINVAL => [],
                _ => throw new BpfException("list the TCX programs of", $"device {ifindex}", -result),
            };
        }
    }
}
