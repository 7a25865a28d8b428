using System.Runtime.InteropServices;
using LibBpf.Interop;

namespace Netweir.Loader;

/// <summary>A loaded program. Owns a descriptor.</summary>
public sealed class BpfProgram : IDisposable
{
    internal BpfProgram(BpfFd fd, string name)
    {
        Fd = fd;
        Name = name;
        bpf_prog_info info = fd.ProgramInfo($"program {name}");
        Id = info.id;
        Tag = Convert.ToHexStringLower(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref info.tag, 1)));
        LoadedAt = TimeSpan.FromTicks((long)(info.load_time / 100));
        Type = (bpf_prog_type)info.type;
        VerifiedInstructions = info.verified_insns;
    }

    /// <summary>For netlink's tc filters and for links.</summary>
    public BpfFd Fd { get; }

    public string Name { get; }

    /// <summary>The kernel's id, unique while the program is loaded.</summary>
    public uint Id { get; }

    /// <summary>Hash of the instructions, 16 hexadecimal digits: equal tags, equal code (not equal constants).</summary>
    public string Tag { get; }

    /// <summary>Since boot.</summary>
    public TimeSpan LoadedAt { get; }

    public bpf_prog_type Type { get; }

    /// <summary>How many instructions the verifier looked at until it was satisfied; it gives up at a million. 0 on kernels before 5.16.</summary>
    public uint VerifiedInstructions { get; }

    /// <exception cref="BpfException">ENOENT: nothing is pinned there.</exception>
    public static BpfProgram OpenPinned(string path) => Open(BpfFd.OpenPinned(path, $"program {Path.GetFileName(path)}"), path);

    /// <returns>null when nothing is pinned there.</returns>
    public static BpfProgram? TryOpenPinned(string path) =>
        BpfFd.TryOpenPinned(path, $"program {Path.GetFileName(path)}") is { } fd ? Open(fd, path) : null;

    /// <summary>Runs the program on a packet, without sending anything.</summary>
    /// <exception cref="BpfException">EINVAL: the packet is shorter than 14 bytes, or the context sets what may not be set.</exception>
    public TestRunResult TestRun(TestRunInput input) => ProgTestRun.Run(this, input);

    public void Dispose() => Fd.Dispose();

    private static BpfProgram Open(BpfFd fd, string path)
    {
        try
        {
            return new BpfProgram(fd, Path.GetFileName(path));
        }
        catch
        {
            fd.Dispose();
            throw;
        }
    }
}
