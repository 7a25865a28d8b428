using System.Runtime.InteropServices;

namespace Netweir.Loader;

/// <summary>The C library's functions that the loader needs. They return -1 and set errno.</summary>
internal static unsafe partial class Libc
{
    public const int F_DUPFD_CLOEXEC = 1030;

    public const int CLONE_NEWNS = 0x20000;
    public const ulong MS_REC = 0x4000;
    public const ulong MS_PRIVATE = 0x40000;

    [LibraryImport("libc")]
    internal static partial int unshare(int flags);

    [LibraryImport("libc")]
    internal static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc")]
    internal static partial int close(int fd);

    [LibraryImport("libc")]
    internal static partial int rename(byte* from, byte* to);

    [LibraryImport("libc")]
    internal static partial int mount(byte* source, byte* target, byte* type, ulong flags, void* data);

    /// <param name="buffer">struct statfs: f_type is its first word.</param>
    [LibraryImport("libc")]
    internal static partial int statfs(byte* path, nint* buffer);

    [LibraryImport("libc")]
    internal static partial int vsnprintf(byte* buffer, nuint size, byte* format, void* arguments);
}
