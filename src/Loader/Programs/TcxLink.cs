using LibBpf.Interop;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.Loader;

/// <summary>
/// A program attached to a device by TCX (Linux 6.6). Lives while a descriptor or a pin holds it; is attached to nothing once the device is gone.
/// </summary>
public sealed unsafe class TcxLink : IDisposable
{
    private readonly BpfFd _fd;
    private readonly string _target;

    private TcxLink(BpfFd fd, string target)
    {
        _fd = fd;
        _target = target;
    }

    /// <summary>0: the device is gone.</summary>
    public uint Ifindex => _fd.LinkInfo(_target).tcx.ifindex;

    public TcxDirection Direction => (TcxDirection)_fd.LinkInfo(_target).tcx.attach_type;

    public uint ProgramId => _fd.LinkInfo(_target).prog_id;

    public uint Id => _fd.LinkInfo(_target).id;

    public bool IsDeviceGone => Ifindex == 0;

    /// <summary>Runs after the programs that are attached there already.</summary>
    /// <param name="ifindex">A device of this thread's network namespace.</param>
    /// <exception cref="BpfException">EINVAL: the kernel has no TCX; ENODEV: no such device.</exception>
    public static TcxLink Attach(BpfProgram program, uint ifindex, TcxDirection direction)
    {
        ArgumentNullException.ThrowIfNull(program);
        string target = $"program {program.Name} to {direction} of device {ifindex}";
        int fd = Native.bpf_link_create(program.Fd.Value, (int)ifindex, (bpf_attach_type)direction, null);
        return fd >= 0 ? new TcxLink(new BpfFd(fd), target) : throw new BpfException("attach", target, -fd);
    }

    /// <returns>null when nothing is pinned there.</returns>
    public static TcxLink? TryOpenPinned(string path)
    {
        string target = $"link {Path.GetFileName(path)}";
        return BpfFd.TryOpenPinned(path, target) is { } fd ? new TcxLink(fd, target) : null;
    }

    /// <summary>Puts another program in the place of the running one: no packet passes without either.</summary>
    public void Update(BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        int result = Native.bpf_link_update(_fd.Value, program.Fd.Value, null);
        if (result < 0)
        {
            throw new BpfException("replace the program of", _target, -result, result == -BpfErrno.ENOLINK ? "its device is gone" : null);
        }
    }

    public void Pin(string path) => _fd.Pin(path, _target);

    /// <summary>Detaches at once, also when it is pinned; the pin stays and is to be removed.</summary>
    public void Detach()
    {
        int result = Native.bpf_link_detach(_fd.Value);
        if (result < 0)
        {
            throw new BpfException("detach", _target, -result);
        }
    }

    public void Dispose() => _fd.Dispose();
}
