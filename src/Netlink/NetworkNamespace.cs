using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Netlink;

/// <summary>An open network namespace. It stays alive as long as the handle is open, whatever happens to its path.</summary>
public sealed class NetworkNamespace : SafeHandleMinusOneIsInvalid
{
    /// <summary>Where <c>ip netns</c> and <see cref="Create"/> keep named namespaces.</summary>
    public const string NamedDirectory = "/run/netns";

    private NetworkNamespace(int fd, string path)
        : base(ownsHandle: true)
    {
        SetHandle(fd);
        Path = path;
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>The namespace's inode number: its identity until it dies (numbers are reused afterwards).</summary>
    public ulong Inode { get; private init; }

    internal int Fd => (int)handle;

    /// <exception cref="NetlinkException">The path cannot be opened, or is not a network namespace (EINVAL).</exception>
    public static NetworkNamespace Open(string path)
    {
        int fd = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (fd < 0)
        {
            throw NetlinkException.FromLastError($"open network namespace {path}");
        }

        if (Libc.Ioctl(fd, Libc.NS_GET_NSTYPE) != Libc.CLONE_NEWNET)
        {
            _ = Libc.Close(fd);
            throw new NetlinkException($"open network namespace {path}: it is a file, but not a network namespace (gone?)", Errno.EINVAL);
        }

        return new NetworkNamespace(fd, path) { Inode = ReadInode(fd) };
    }

    /// <summary>As <see cref="Open"/>, but null when the namespace does not exist any more.</summary>
    public static NetworkNamespace? TryOpen(string path)
    {
        try
        {
            return Open(path);
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.ENOENT or Errno.EINVAL or Errno.ESRCH or Errno.ENOTDIR or Errno.ENAMETOOLONG or Errno.ELOOP)
        {
            return null;
        }
    }

    /// <summary>The calling thread's namespace.</summary>
    public static NetworkNamespace Current() => Open("/proc/thread-self/ns/net");

    /// <summary>Creates a namespace that is named by a bind mount at <see cref="NamedDirectory"/>.</summary>
    public static unsafe NetworkNamespace Create(string name)
    {
        string path = NamedPath(name);
        Directory.CreateDirectory(NamedDirectory);
        using (new FileStream(path, FileMode.CreateNew))
        {
        }

        try
        {
            OnOwnThread<object?>(() =>
            {
                return Libc.Unshare(Libc.CLONE_NEWNET) < 0 || Libc.Mount("/proc/thread-self/ns/net", path, null, Libc.MS_BIND, null) < 0
                    ? throw NetlinkException.FromLastError($"create network namespace {name}")
                    : null;
            });
            return Open(path);
        }
        catch
        {
            Delete(name);
            throw;
        }
    }

    /// <summary>
    /// Runs <paramref name="action"/> in a new namespace without a name. It dies with all that was made in it when nothing holds it any more, at the
    /// latest with this process, however that ends.
    /// </summary>
    public static T RunInNew<T>(Func<T> action) => OnOwnThread(() =>
        Libc.Unshare(Libc.CLONE_NEWNET) < 0 ? throw NetlinkException.FromLastError("create a network namespace") : action());

    /// <summary>Removes the name; the namespace dies with its last user. Does nothing when there is no such name.</summary>
    public static void Delete(string name)
    {
        string path = NamedPath(name);
        _ = Libc.Unmount(path, Libc.MNT_DETACH);
        File.Delete(path);
    }

    public static string NamedPath(string name) => System.IO.Path.Combine(NamedDirectory, name);

    /// <summary>
    /// Runs <paramref name="action"/> inside the namespace, on a thread of its own that ends afterwards: a pool thread would carry the
    /// namespace to whatever it runs next. Exceptions come out as they were thrown.
    /// </summary>
    public T Run<T>(Func<T> action) => OnOwnThread(() =>
    {
        return Libc.SetNs(Fd, Libc.CLONE_NEWNET) < 0 ? throw NetlinkException.FromLastError($"enter network namespace {Path}") : action();
    });

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action action) => Run<object?>(() =>
    {
        action();
        return null;
    });

    /// <summary>
    /// Runs <paramref name="action"/> inside the namespace on the calling thread, and brings that back: for a process that lives for one call, to which a
    /// thread costs more than most of what it does. A thread that cannot be brought back ends the process.
    /// </summary>
    public T RunHere<T>(Func<T> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        using NetworkNamespace own = Current();
        if (Libc.SetNs(Fd, Libc.CLONE_NEWNET) < 0)
        {
            throw NetlinkException.FromLastError($"enter network namespace {Path}");
        }

        try
        {
            return action();
        }
        finally
        {
            if (Libc.SetNs(own.Fd, Libc.CLONE_NEWNET) < 0)
            {
                Environment.FailFast(NetlinkException.FromLastError("go back to the network namespace of before").Message);
            }
        }
    }

    /// <inheritdoc cref="RunHere{T}"/>
    public void RunHere(Action action) => RunHere<object?>(() =>
    {
        action();
        return null;
    });

    protected override bool ReleaseHandle() => Libc.Close(Fd) == 0;

    private static unsafe ulong ReadInode(int fd)
    {
        byte* status = stackalloc byte[256]; // struct statx; stx_ino is at 32
        return Libc.Statx(fd, string.Empty, Libc.AT_EMPTY_PATH, Libc.STATX_INO, status) == 0
            ? *(ulong*)(status + 32)
            : throw NetlinkException.FromLastError("read the inode of a network namespace");
    }

    private static T OnOwnThread<T>(Func<T> action)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = action();
            }
#pragma warning disable CA1031 // It is rethrown on the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
