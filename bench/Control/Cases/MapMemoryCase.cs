using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Bench;

/// <summary>What the kernel accounts for the maps, by entry. The floors are of maps with 4-byte addresses; ours have 16, for both families.</summary>
internal static class MapMemoryCase
{
    private const string Group = "map memory (16-byte addresses)";

    public static void Report(NetweirMaps maps, BenchReport report)
    {
        Add(report, "frontend (nw_frontends), a service has one or more", maps.Frontends.Fd, maps.Frontends.Info, 100);
        Add(report, "slot of a list (nw_slots)", maps.Slots.Fd, maps.Slots.Info, 10);
        Add(report, "backend (nw_backends)", maps.Backends.Fd, maps.Backends.Info, null);
        Add(report, "backend's address (nw_backend_refs)", maps.BackendRefs.Fd, maps.BackendRefs.Info, null);
        Add(report, "service's names, for people (nw_services)", maps.Services.Fd, maps.Services.Info, null);
        Add(report, "conntrack entry (nw_conntrack), a flow has two", maps.Conntrack.Fd, maps.Conntrack.Info, 100);
    }

    private static void Add(BenchReport report, string what, BpfFd map, MapInfo info, double? floor) =>
        report.Add(new Figure(Group, what, (double)Bytes(map) / info.MaxEntries, "B") { Floor = floor });

    private static long Bytes(BpfFd map)
    {
        const string key = "memlock:";
        var line = File.ReadLines($"/proc/self/fdinfo/{map.Value}").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(key.Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
