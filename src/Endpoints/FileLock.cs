using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Endpoints;

/// <summary>A lock that processes and threads share; the kernel releases it when its holder dies.</summary>
internal sealed partial class FileLock : IDisposable
{
    private const int O_RDWR = 2;
    private const int O_CREAT = 0x40;
    private const int O_CLOEXEC = 0x80000;
    private const int OwnerReadWrite = 0x180;
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;
    private const int F_OFD_SETLK = 37;
    private const int F_OFD_SETLKW = 38;
    private const short F_WRLCK = 1;
    private const int EACCES = 13;
    private const int EWOULDBLOCK = 11;
    private const int EINTR = 4;
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>The whole file, by flock(2).</summary>
    /// <exception cref="TimeoutException">Others held it all the time.</exception>
    public static FileLock Acquire(string path, TimeSpan timeout) =>
        Acquire(path, timeout, (file, wait) => Flock(file, wait ? LOCK_EX : LOCK_EX | LOCK_NB));

    /// <summary>
    /// One byte of the file, which it need not have: any number of locks, and nothing to clean up after any of them. By an open file description lock
    /// (fcntl(2), F_OFD_SETLK), which knows nothing of the other kind.
    /// </summary>
    /// <param name="path">Created when it is not there.</param>
    /// <param name="place">Not negative.</param>
    /// <param name="timeout">How long to wait for others.</param>
    /// <exception cref="TimeoutException">Others held it all the time.</exception>
    public static FileLock AcquireByte(string path, long place, TimeSpan timeout)
    {
        var range = new ByteRange { Type = F_WRLCK, Start = place, Length = 1 };
        return Acquire(path, timeout, (file, wait) => Fcntl(file, wait ? F_OFD_SETLKW : F_OFD_SETLK, range));
    }

    private static FileLock Acquire(string path, TimeSpan timeout, Func<SafeFileHandle, bool, int> tryLock)
    {
        // Not File.OpenHandle: that takes an flock of its own, and fails at once when another process has this one.
        var file = new SafeFileHandle(Open(path, O_RDWR | O_CREAT | O_CLOEXEC, OwnerReadWrite), ownsHandle: true);
        if (file.IsInvalid)
        {
            throw new IOException($"open {path}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        try
        {
            int errno = tryLock(file, false) == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (errno is EWOULDBLOCK or EACCES or EINTR)
            {
                errno = Wait(file, timeout, tryLock)
                    ?? throw new TimeoutException($"{path} was locked by another process for {timeout.TotalSeconds:0} s; look for a netweir-cni, netweir-agent or ctl process that hangs.");
            }

            if (errno != 0)
            {
                throw new IOException($"lock {path}: {Marshal.GetPInvokeErrorMessage(errno)}");
            }

            return new FileLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>
    /// In the kernel's queue: a hundred processes that ask again and again would keep the processors from the one that has the lock, and the unlucky would
    /// never get it. On a thread of its own, because the kernel waits for ever; closing the file gives up what it gets too late.
    /// </summary>
    /// <returns>0, the error's number, or null when it took too long.</returns>
    private static int? Wait(SafeFileHandle file, TimeSpan timeout, Func<SafeFileHandle, bool, int> tryLock)
    {
        int errno = 0;
        var thread = new Thread(() =>
        {
            try
            {
                do
                {
                    errno = tryLock(file, true) == 0 ? 0 : Marshal.GetLastPInvokeError();
                }
                while (errno == EINTR);
            }
            catch (ObjectDisposedException)
            {
                // Interrupted when nobody waited any more.
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread.Join(timeout) ? errno : null;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle file, int command, in ByteRange range);

    /// <summary>struct flock of 64-bit Linux; the process id must be 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ByteRange
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
