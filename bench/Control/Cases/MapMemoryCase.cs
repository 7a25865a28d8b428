using System.Numerics;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Bench;

/// <summary>What the kernel accounts for the maps, by entry. The floors are of maps with 4-byte addresses; ours have 16, for both families.</summary>
internal static class MapMemoryCase
{
    private const string Group = "map memory (16-byte addresses)";
    private const uint NoPreallocation = 1;

    /// <summary>Bytes of the table for one place in it.</summary>
    private const int Bucket = 16;

    public static void Report(NetweirMaps maps, BenchReport report)
    {
        var frontend = Of(maps.Frontends);
        var names = Of(maps.Services);
        report.Add(new Figure(Group, "frontend (nw_frontends)", frontend, "B"));
        report.Add(new Figure(Group, "service's names, for people (nw_services)", names, "B"));
        // Its port, and the mark of its address, which refuses all other ports.
        report.Add(new Figure(Group, "service of one port: two frontends and its names", (2 * frontend) + names, "B") { Floor = 100 });
        report.Add(new Figure(Group, "slot of a list (nw_slots)", Of(maps.Slots), "B") { Floor = 10 });
        report.Add(new Figure(Group, "backend (nw_backends)", Of(maps.Backends), "B"));
        report.Add(new Figure(Group, "backend's address (nw_backend_refs)", Of(maps.BackendRefs), "B"));
        report.Add(new Figure(Group, "conntrack entry (nw_conntrack), of which a flow has two", Of(maps.Conntrack), "B") { Floor = 100 });
    }

    /// <summary>Of a full map. One that takes memory as it fills has its table from the beginning, and the rest for as many entries as there are.</summary>
    private static double Of<TKey, TValue>(BpfMap<TKey, TValue> map)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        var (bytes, most) = ((double)Bytes(map.Fd), map.Info.MaxEntries);
        if ((map.Info.MapFlags & NoPreallocation) == 0)
        {
            return bytes / most;
        }

        var table = (double)BitOperations.RoundUpToPowerOf2(most) * Bucket;
        return (table / most) + ((bytes - table) / Math.Max(1, map.Entries().Count()));
    }

    private static long Bytes(BpfFd map)
    {
        const string key = "memlock:";
        var line = File.ReadLines($"/proc/self/fdinfo/{map.Value}").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(key.Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
