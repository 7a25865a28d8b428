using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Netweir.Endpoints;

/// <summary>An flock(2) that processes and threads share; the kernel releases it when its holder dies.</summary>
internal sealed partial class FileLock : IDisposable
{
    private const int O_RDWR = 2;
    private const int O_CREAT = 0x40;
    private const int O_CLOEXEC = 0x80000;
    private const int OwnerReadWrite = 0x180;
    private const int LOCK_EX = 2;
    private const int LOCK_NB = 4;
    private const int EWOULDBLOCK = 11;
    private const int EINTR = 4;
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <exception cref="TimeoutException">Others held it all the time.</exception>
    public static FileLock Acquire(string path, TimeSpan timeout)
    {
        // Not File.OpenHandle: that takes an flock of its own, and fails at once when another process has this one.
        var file = new SafeFileHandle(Open(path, O_RDWR | O_CREAT | O_CLOEXEC, OwnerReadWrite), ownsHandle: true);
        if (file.IsInvalid)
        {
            throw new IOException($"open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            var waited = Stopwatch.StartNew();
            while (Flock(file, LOCK_EX | LOCK_NB) != 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno is not (EWOULDBLOCK or EINTR))
                {
                    throw new IOException($"lock {path}: {Marshal.GetPInvokeErrorMessage(errno)}");
                }

                if (waited.Elapsed > timeout)
                {
                    throw new TimeoutException($"{path} was locked by another process for {timeout.TotalSeconds:0} s; look for a netweir-cni process that hangs.");
                }

                Thread.Sleep(1);
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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
