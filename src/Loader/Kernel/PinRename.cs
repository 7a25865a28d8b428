using System.Runtime.InteropServices;

namespace Netweir.Loader;

/// <summary>Pins that take another's place at once: at every moment, also after a crash, one of the two is pinned.</summary>
internal static unsafe class PinRename
{
    /// <param name="temporary">On the same file system; what is pinned there is removed.</param>
    public static void Pin(BpfFd fd, string path, string temporary, string target)
    {
        File.Delete(temporary);
        fd.Pin(temporary, target);
        fixed (byte* from = Utf8.Zero(temporary), to = Utf8.Zero(path))
        {
            if (Libc.rename(from, to) != 0)
            {
                throw new BpfException("pin", $"{target} at {path}", Marshal.GetLastSystemError());
            }
        }
    }
}
