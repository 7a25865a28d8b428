using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>What the maps say, read on scrape.</summary>
internal sealed class DatapathMetrics
{
    private readonly Datapath _datapath;
    private readonly ConntrackLoop _conntrack;

    public DatapathMetrics(Meter meter, Datapath datapath, ConntrackLoop conntrack, Conditions conditions)
    {
        (_datapath, _conntrack) = (datapath, conntrack);
        meter.CreateObservableCounter("netweir_dropped_packets", () => Drops(c => (long)c.Packets), description: "Packets refused, by reason and hook.");
        meter.CreateObservableCounter("netweir_dropped_bytes", () => Drops(c => (long)c.Bytes), description: "Bytes of refused packets, with the link-layer header.");
        meter.CreateObservableGauge("netweir_map_max_entries", MaxEntries, description: "How many entries each map takes.");
        meter.CreateObservableGauge("netweir_conntrack_entries", () => _conntrack.Entries, description: "Conntrack entries, as of the last complete sweep.");
        meter.CreateObservableGauge("netweir_endpoints", () => _datapath.Pods, description: "Pods connected on this node.");
        meter.CreateObservableGauge("netweir_ready", () => conditions.AllMet ? 1 : 0, description: "1 when every condition of /readyz holds.");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => Environment.WorkingSet, description: "Resident memory of the agent in bytes.");
    }

    /// <summary>Every reason and hook that has counted something.</summary>
    private IEnumerable<Measurement<long>> Drops(Func<Counter, long> of)
    {
        if (_datapath.MapsOrNull is not { } maps)
        {
            yield break;
        }
        foreach (var (index, perCpu) in maps.Drops.Entries())
        {
            var total = perCpu.Sum(of);
            if (total > 0)
            {
                yield return new Measurement<long>(
                    total,
                    new KeyValuePair<string, object?>("reason", Snake(((DropReason)(index / (uint)Hook.Max)).ToString())),
                    new KeyValuePair<string, object?>("hook", Snake(((Hook)(index % (uint)Hook.Max)).ToString())));
            }
        }
    }

    private IEnumerable<Measurement<long>> MaxEntries() => _datapath.MapsOrNull is not { } maps ? [] :
    [
        Max(maps.Affinity.Info), Max(maps.BackendRefs.Info), Max(maps.Backends.Info), Max(maps.Conntrack.Info), Max(maps.Endpoints.Info), Max(maps.Fragments.Info),
        Max(maps.Frontends.Info), Max(maps.Ipcache.Info), Max(maps.Nodes.Info), Max(maps.Services.Info), Max(maps.Slots.Info), Max(maps.SourceRanges.Info), Max(maps.Uplinks.Info),
    ];

    private static Measurement<long> Max(MapInfo map) => new(map.MaxEntries, new KeyValuePair<string, object?>("map", map.Name));

    /// <summary><c>NoSuchPod</c> to <c>no_such_pod</c>: as the C names, without their prefix.</summary>
    internal static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterUpper(c) && text.Length > 0 ? "_" : "").Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }
}
