using System.Globalization;

namespace Netweir.Maps;

/// <summary>Tables of the maps that services are made of.</summary>
public static class ServiceTables
{
    /// <summary>
    /// Column <c>outside</c> says which backends clients from elsewhere get, where they are others than those that clients on this node get.
    /// The marks of ClusterIPs, whose other ports are rejected, are details.
    /// </summary>
    /// <param name="backendAt">Slot -> backend; null for a slot that leads nowhere.</param>
    public static MapTable Frontends(
        IEnumerable<KeyValuePair<FrontendKey, Frontend>> entries, Func<uint, Backend?> backendAt, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(backendAt);
        var table = new TableBuilder(
            MapSpecs.Frontends.Name, context.AllDetails, "address", "port", "protocol", "service", "backends", "outside", "when_empty",
            "affinity", "algorithm", "source_ranges", "+service_id", "+slot_base", "+outside_base");
        foreach ((FrontendKey key, Frontend frontend) in Sorted(entries))
        {
            var flags = (FrontendFlag)frontend.Flags;
            bool isMark = flags.HasFlag(FrontendFlag.Address);
            if (isMark && !context.AllDetails)
            {
                continue;
            }

            string inside = Backends(frontend.Inside, backendAt), outside = Backends(frontend.Outside, backendAt);
            table.Add(
                Text.Frontend(key.Address),
                isMark ? "*" : key.Port.Value,
                isMark ? "*" : Text.Protocol(key.Protocol),
                context.Service(frontend.Service),
                inside,
                outside == inside ? "" : outside.Length == 0 ? "(none)" : outside,
                WhenEmpty(flags),
                frontend.AffinityTimeout == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{frontend.AffinityTimeout}s"),
                flags.HasFlag(FrontendFlag.Consistent) ? "maglev" : "",
                flags.HasFlag(FrontendFlag.SourceRanges) ? "yes" : "",
                frontend.Service,
                frontend.Inside.Base,
                frontend.Outside.Base);
        }

        return table.Build();
    }

    /// <summary>Only slots that a frontend has: others are leftovers.</summary>
    /// <param name="slotAt">Slot -> backend's index.</param>
    public static MapTable Slots(IEnumerable<KeyValuePair<FrontendKey, Frontend>> frontends, Func<uint, uint> slotAt, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(slotAt);
        var table = new TableBuilder(MapSpecs.Slots.Name, context.AllDetails, "slot", "backend", "service");
        var used = new SortedDictionary<uint, uint>();
        foreach ((_, Frontend frontend) in frontends)
        {
            foreach (uint slot in SlotsOf(frontend.Inside).Concat(SlotsOf(frontend.Outside)))
            {
                used[slot] = frontend.Service;
            }
        }

        foreach ((uint slot, uint service) in used)
        {
            table.Add(slot, slotAt(slot), context.Service(service));
        }

        return table.Build();
    }

    /// <summary>Only places in use.</summary>
    public static MapTable Backends(IEnumerable<KeyValuePair<uint, Backend>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Backends.Name, context.AllDetails, "service", "address", "port", "protocol", "pod", "lists", "+index", "+generation");
        IEnumerable<KeyValuePair<uint, Backend>> used = entries.Where(e => e.Value.Service != 0);
        foreach ((uint index, Backend backend) in used
            .OrderBy(e => context.Service(e.Value.Service), StringComparer.Ordinal).ThenBy(e => e.Value.Address).ThenBy(e => e.Value.Port.Value).ThenBy(e => e.Key))
        {
            table.Add(
                context.Service(backend.Service),
                backend.Address,
                backend.Port.Value,
                Text.Protocol(backend.Protocol),
                context.Names.Pod(backend.Address),
                Lists((BackendFlag)backend.Flags),
                index,
                backend.Generation);
        }

        return table.Build();
    }

    public static MapTable BackendRefs(IEnumerable<KeyValuePair<FrontendKey, uint>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.BackendRefs.Name, context.AllDetails, "address", "port", "protocol", "backends");
        foreach ((FrontendKey key, uint count) in Sorted(entries))
        {
            table.Add(key.Address, key.Port.Value, Text.Protocol(key.Protocol), count);
        }

        return table.Build();
    }

    public static MapTable Services(IEnumerable<KeyValuePair<uint, Service>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Services.Name, context.AllDetails, "service", "port", "protocol", "+id");
        foreach ((uint id, Service service) in entries.OrderBy(e => NameTable.ServiceName(e.Value), StringComparer.Ordinal).ThenBy(e => e.Key))
        {
            table.Add(NameTable.ServiceName(service), service.Port.Value, Text.Protocol(service.Protocol), id);
        }

        return table.Build();
    }

    /// <summary>By address, each once: their order in the slots, and how many they are, is of no meaning.</summary>
    private static string Backends(SlotList list, Func<uint, Backend?> backendAt) =>
        string.Join(' ', SlotsOf(list).Select(s => Place(backendAt(s))).Distinct().OrderBy(b => b.Address).ThenBy(b => b.Port).Select(b => b.Text));

    private static (Address Address, ushort Port, string Text) Place(Backend? backend) => backend is { Service: not 0 } known
        ? (known.Address, known.Port.Value, Text.Place(known.Address, known.Port))
        : (default, default, "(missing)");

    private static IEnumerable<uint> SlotsOf(SlotList list)
    {
        for (uint i = 0; i < list.Count; i++)
        {
            yield return list.Base + i;
        }
    }

    private static string WhenEmpty(FrontendFlag flags) => (flags & (FrontendFlag.InsideDrop | FrontendFlag.OutsideDrop)) switch
    {
        FrontendFlag.None => "reject",
        FrontendFlag.InsideDrop => "drop, outside reject",
        FrontendFlag.OutsideDrop => "reject, outside drop",
        _ => "drop",
    };

    private static string Lists(BackendFlag flags) => flags switch
    {
        BackendFlag.None => "(keeps flows)",
        BackendFlag.ClusterList => "cluster",
        BackendFlag.LocalList => "local",
        _ => "cluster,local",
    };

    private static IEnumerable<KeyValuePair<FrontendKey, T>> Sorted<T>(IEnumerable<KeyValuePair<FrontendKey, T>> entries) =>
        entries.OrderBy(e => e.Key.Address).ThenBy(e => e.Key.Port.Value).ThenBy(e => e.Key.Protocol);
}
