using System.Runtime.InteropServices;

namespace Netweir.Loader;

/// <summary>The file system that pins live in.</summary>
public static unsafe class BpfFs
{
    private const uint Magic = 0xcafe4a11; // linux/magic.h: BPF_FS_MAGIC

    /// <summary>What the kernel itself puts into every bpffs (kernel/bpf/preload).</summary>
    private static readonly string[] s_preloaded = ["maps.debug", "progs.debug"];

    /// <summary>Is <paramref name="path"/> (which exists) on a bpffs?</summary>
    /// <exception cref="BpfException">ENOENT: there is no such directory.</exception>
    public static bool IsMounted(string path)
    {
        nint* buffer = stackalloc nint[32]; // struct statfs has 120 bytes on 64-bit Linux
        fixed (byte* name = Utf8.Zero(path))
        {
            return Libc.statfs(name, buffer) == 0
                ? (uint)buffer[0] == Magic
                : throw new BpfException("examine the file system of", path, Marshal.GetLastSystemError());
        }
    }

    /// <summary>Names of what somebody has pinned or made in a directory of a bpffs, sorted.</summary>
    public static IReadOnlyList<string> Contents(string path) =>
        [.. Directory.EnumerateFileSystemEntries(path).Select(p => Path.GetFileName(p)).Except(s_preloaded).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Could a bpffs be mounted at <paramref name="path"/> (which exists)? It is tried in a mount namespace that ends with the attempt: nobody else
    /// sees it.
    /// </summary>
    /// <returns>0, or the errno of the refusal.</returns>
    public static int TryMount(string path)
    {
        int errno = 0;
        var thread = new Thread(() => errno = MountApart(path));
        thread.Start();
        thread.Join();
        return errno;
    }

    private static int MountApart(string path)
    {
        fixed (byte* source = "bpf\0"u8, root = "/\0"u8, name = Utf8.Zero(path))
        {
            return Libc.unshare(Libc.CLONE_NEWNS) == 0
                && Libc.mount(source, root, null, Libc.MS_REC | Libc.MS_PRIVATE, null) == 0
                && Libc.mount(source, name, source, 0, null) == 0 ? 0 : Marshal.GetLastSystemError();
        }
    }

    /// <summary>Creates the directory and mounts a bpffs there, unless one is mounted. Needs CAP_SYS_ADMIN.</summary>
    public static void EnsureMounted(string path)
    {
        Directory.CreateDirectory(path);
        if (IsMounted(path))
        {
            return;
        }

        fixed (byte* source = "bpf\0"u8, name = Utf8.Zero(path))
        {
            if (Libc.mount(source, name, source, 0, null) != 0)
            {
                throw new BpfException("mount a bpf file system at", path, Marshal.GetLastSystemError());
            }
        }
    }
}
