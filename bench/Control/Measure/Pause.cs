using System.Runtime.InteropServices;

namespace Netweir.Bench;

/// <summary>Sleeps shorter than <see cref="Thread.Sleep(int)"/> can: a watcher that spins would take a processor from those it watches.</summary>
internal static class Pause
{
    public static void Microseconds(uint microseconds) => _ = Sleep(microseconds);

    [DllImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(uint microseconds);
}
