using System.Runtime.InteropServices;
using LibBpf.Interop;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Loader;

/// <summary>Owns a file descriptor of a map, program or link. Closing it ends the object, unless it is pinned, attached or held elsewhere.</summary>
public sealed class BpfFd : SafeHandleMinusOneIsInvalid
{
    public BpfFd()
        : base(ownsHandle: true)
    {
    }

    internal BpfFd(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number, for system calls. Valid while this object is kept alive.</summary>
    public int Value => IsClosed || IsInvalid ? throw new ObjectDisposedException(nameof(BpfFd)) : (int)handle;

    /// <summary>A second descriptor of the same object, with an owner of its own.</summary>
    internal static BpfFd Duplicate(int fd, string target)
    {
        int copy = Libc.fcntl(fd, Libc.F_DUPFD_CLOEXEC, 0);
        return copy >= 0 ? new BpfFd(copy) : throw new BpfException("duplicate the descriptor of", target, Marshal.GetLastSystemError());
    }

    /// <summary>Opens a pinned object.</summary>
    /// <exception cref="BpfException">ENOENT: nothing is pinned there.</exception>
    internal static BpfFd OpenPinned(string path, string target) => TryOpenPinned(path, target)
        ?? throw new BpfException("open", target, BpfErrno.ENOENT, $"nothing is pinned at {path}; has the agent started on this node, with this BPF root?");

    /// <returns>null when nothing is pinned there.</returns>
    internal static unsafe BpfFd? TryOpenPinned(string path, string target)
    {
        fixed (byte* name = Utf8.Zero(path))
        {
            int fd = LibBpf.Interop.LibBpf.bpf_obj_get(name);
            return fd switch
            {
                >= 0 => new BpfFd(fd),
                -BpfErrno.ENOENT => null,
                _ => throw new BpfException($"open {path} as", target, -fd),
            };
        }
    }

    internal unsafe void Pin(string path, string target)
    {
        fixed (byte* name = Utf8.Zero(path))
        {
            int result = LibBpf.Interop.LibBpf.bpf_obj_pin(Value, name);
            if (result < 0)
            {
                throw new BpfException("pin", $"{target} at {path}", -result);
            }
        }
    }

    internal unsafe bpf_map_info MapInfo(string target)
    {
        bpf_map_info info = default;
        uint size = (uint)sizeof(bpf_map_info);
        Check(LibBpf.Interop.LibBpf.bpf_obj_get_info_by_fd(Value, &info, &size), target);
        return info;
    }

    internal unsafe bpf_prog_info ProgramInfo(string target)
    {
        bpf_prog_info info = default;
        uint size = (uint)sizeof(bpf_prog_info);
        Check(LibBpf.Interop.LibBpf.bpf_obj_get_info_by_fd(Value, &info, &size), target);
        return info;
    }

    internal unsafe bpf_link_info LinkInfo(string target)
    {
        bpf_link_info info = default;
        uint size = (uint)sizeof(bpf_link_info);
        Check(LibBpf.Interop.LibBpf.bpf_obj_get_info_by_fd(Value, &info, &size), target);
        return info;
    }

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    private static void Check(int result, string target)
    {
        if (result < 0)
        {
            throw new BpfException("read the properties of", target, -result);
        }
    }
}
