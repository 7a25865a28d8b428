using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Netweir.Support.Tests;

/// <summary>Runs code on a thread of its own in a network namespace without a name: it ends with the thread and its sockets.</summary>
internal static partial class TestNamespace
{
    private const int CloneNewNetwork = 0x40000000;

    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (unshare(CloneNewNetwork) != 0)
                {
                    throw new InvalidOperationException($"unshare failed with errno {Marshal.GetLastPInvokeError()}: run the tests as root.");
                }
                Ip("link set lo up");
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "The test in the namespace did not end in 30 s.");
        failure?.Throw();
    }

    /// <summary>`ip` with these arguments, in the calling thread's namespace.</summary>
    public static void Ip(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {arguments}: {error}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
