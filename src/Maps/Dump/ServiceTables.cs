namespace Netweir.Maps;

/// <summary>Tables of the maps that services are made of.</summary>
public static class ServiceTables
{
    /// <param name="backendAt">Slot -> backend; null for a slot that leads nowhere.</param>
    public static MapTable Frontends(
        IEnumerable<KeyValuePair<FrontendKey, Frontend>> entries, Func<uint, Backend?> backendAt, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(backendAt);
        var table = new TableBuilder(
            MapSpecs.Frontends.Name, context.AllDetails, "address", "port", "protocol", "service", "backends", "when_empty", "+service_id", "+slot_base");
        foreach ((FrontendKey key, Frontend frontend) in Sorted(entries))
        {
            table.Add(
                key.Address.IsZero ? "*" : key.Address.ToString(),
                key.Port.Value,
                Text.Protocol(key.Protocol),
                context.Service(frontend.Service),
                Backends(frontend, backendAt),
                ((FrontendFlag)frontend.Flags).HasFlag(FrontendFlag.InsideDrop) ? "drop" : "reject",
                frontend.Service,
                frontend.Inside.Base);
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
            for (uint i = 0; i < frontend.Inside.Count; i++)
            {
                used[frontend.Inside.Base + i] = frontend.Service;
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
        var table = new TableBuilder(MapSpecs.Backends.Name, context.AllDetails, "service", "address", "port", "protocol", "pod", "+index", "+generation");
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

    /// <summary>By address: their order in the slots is of no meaning.</summary>
    private static string Backends(Frontend frontend, Func<uint, Backend?> backendAt)
    {
        List<Backend?> backends = [];
        for (uint i = 0; i < frontend.Inside.Count; i++)
        {
            backends.Add(backendAt(frontend.Inside.Base + i));
        }

        return string.Join(' ', backends
            .OrderBy(b => b?.Address ?? default).ThenBy(b => b?.Port.Value ?? 0)
            .Select(b => b is { Service: not 0 } known ? Text.Place(known.Address, known.Port) : "(missing)"));
    }

    private static IEnumerable<KeyValuePair<FrontendKey, T>> Sorted<T>(IEnumerable<KeyValuePair<FrontendKey, T>> entries) =>
        entries.OrderBy(e => e.Key.Address).ThenBy(e => e.Key.Port.Value).ThenBy(e => e.Key.Protocol);
}
