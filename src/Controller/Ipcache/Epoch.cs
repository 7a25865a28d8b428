using System.Diagnostics;
using Netweir.Loader;

namespace Netweir.Controller;

/// <summary>nw_epoch and nw_backend_epoch: make the hooks look up again what they remember.</summary>
internal static class Epoch
{
    private const uint Slot = 0;

    /// <summary>Writes CLOCK_MONOTONIC in ns, and in any case another value than was there.</summary>
    /// <exception cref="BpfException">It cannot be written.</exception>
    public static void Bump(IBpfMap<uint, ulong> map)
    {
        var now = (ulong)Stopwatch.GetTimestamp();
        map.Update(Slot, map.TryLookup(Slot, out var before) && before >= now ? before + 1 : now);
    }
}
