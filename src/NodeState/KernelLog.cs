using System.Runtime.InteropServices;
using System.Text;

namespace Netweir.NodeState;

/// <summary>What the kernel logged, as far as it still has it.</summary>
public static partial class KernelLog
{
    // syslog(2)
    private const int ReadAll = 3;
    private const int SizeBuffer = 10;

    /// <exception cref="UnauthorizedAccessException">It is not for this process: CAP_SYSLOG is missing.</exception>
    public static unsafe IReadOnlyList<string> Read()
    {
        int size = klogctl(SizeBuffer, null, 0);
        byte[] buffer = new byte[Math.Max(size, 0)];
        fixed (byte* first = buffer)
        {
            int length = size < 0 ? size : klogctl(ReadAll, first, buffer.Length);
            return length >= 0
                ? Encoding.UTF8.GetString(buffer, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                : throw new UnauthorizedAccessException("the kernel's log cannot be read (kernel.dmesg_restrict): run it as root, or look at 'dmesg' on the node");
        }
    }

    [LibraryImport("libc")]
    private static unsafe partial int klogctl(int action, byte* buffer, int length);
}
