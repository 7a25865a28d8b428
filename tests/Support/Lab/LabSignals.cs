using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Netweir.Support.Lab;

/// <summary>Removes the labs of this process when a signal ends it. What even this misses, the janitor of the next run finds.</summary>
internal static class LabSignals
{
    private static readonly ConcurrentDictionary<string, byte> Labs = new();
    private static readonly PosixSignalRegistration[] Registrations =
    [
        .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, _ => RemoveAll())),
    ];

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
