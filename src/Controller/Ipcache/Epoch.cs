using System.Diagnostics;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>nw_epoch: makes the hooks look up again what they remember.</summary>
internal static class Epoch
{
    /// <summary>Writes CLOCK_MONOTONIC in ns, and in any case another value than was there.</summary>
    /// <exception cref="BpfException">It cannot be written.</exception>
    public static void Bump(IBpfMap<uint, ulong> map, EpochOf what)
    {
        var now = (ulong)Stopwatch.GetTimestamp();
        map.Update((uint)what, map.TryLookup((uint)what, out var before) && before >= now ? before + 1 : now);
    }
}
