using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Netweir.Support.Lab;

/// <summary>Removes the labs of this process when a signal ends it. What even this misses, the janitor of the next run finds.</summary>
internal static class LabSignals
{
    private static readonly ConcurrentDictionary<string, byte> Labs = new();
    private static readonly PosixSignalRegistration[] Registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => End(128 + 1)),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => End(128 + 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => End(128 + 15)),
    ];

    private static volatile bool _ending;

    public static void Add(string lab)
    {
        if (Labs.IsEmpty)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();
        }

        GC.KeepAlive(Registrations);
        Labs.TryAdd(lab, 0);
    }

    public static void Forget(string lab) => Labs.TryRemove(lab, out _);

    /// <summary>
    /// Does not return while a signal ends the process: whatever fails then, because the lab is being removed below it, is of no interest.
    /// </summary>
    public static Task HoldWhileEndingAsync() => _ending ? Task.Delay(Timeout.Infinite) : Task.CompletedTask;

    private static void End(int exitCode)
    {
        _ending = true;
        RemoveAll();
        Environment.Exit(exitCode);
    }

    private static void RemoveAll()
    {
        foreach (var lab in Labs.Keys)
        {
            if (Labs.TryRemove(lab, out _))
            {
                LabJanitor.Remove(lab);
            }
        }
    }
}
