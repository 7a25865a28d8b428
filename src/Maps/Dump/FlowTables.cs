namespace Netweir.Maps;

/// <summary>Tables of the maps that the hooks write: flows, fragments, refused packets.</summary>
public static class FlowTables
{
    public static MapTable Conntrack(IEnumerable<KeyValuePair<FlowTuple, ConntrackEntry>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(
            MapSpecs.Conntrack.Name,
            context.AllDetails,
            "source", "destination", "protocol", "direction", "new_source", "new_destination", "service", "state",
            "+age", "+backend", "+generation");
        foreach ((FlowTuple tuple, ConntrackEntry entry) in entries
            .OrderBy(e => e.Key.Saddr).ThenBy(e => e.Key.Daddr).ThenBy(e => e.Key.Protocol).ThenBy(e => e.Key.Sport.Value).ThenBy(e => e.Key.Dport.Value))
        {
            var flags = (ConntrackFlag)entry.Flags;
            table.Add(
                Text.Place(tuple.Saddr, tuple.Sport),
                Text.Place(tuple.Daddr, tuple.Dport),
                Text.Protocol(tuple.Protocol),
                flags.HasFlag(ConntrackFlag.Reply) ? "reply" : "original",
                Text.Place(entry.Target.Saddr, entry.Target.Sport),
                Text.Place(entry.Target.Daddr, entry.Target.Dport),
                context.Service(entry.Service),
                Text.Flags(flags & ~ConntrackFlag.Reply),
                context.Age(entry.LastSeen),
                entry.Backend,
                entry.Generation);
        }

        return table.Build();
    }

    public static MapTable Fragments(IEnumerable<KeyValuePair<FragmentKey, Fragment>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Fragments.Name, context.AllDetails, "source", "destination", "protocol", "source_port", "destination_port", "+id");
        foreach ((FragmentKey key, Fragment fragment) in entries
            .OrderBy(e => e.Key.Saddr).ThenBy(e => e.Key.Daddr).ThenBy(e => e.Key.Protocol).ThenBy(e => e.Value.Sport.Value).ThenBy(e => e.Value.Dport.Value).ThenBy(e => e.Key.Id.Value))
        {
            table.Add(key.Saddr, key.Daddr, Text.Protocol(key.Protocol), fragment.Sport.Value, fragment.Dport.Value, key.Id.Value);
        }

        return table.Build();
    }

    /// <summary>Only reasons that occurred. Summed over CPUs.</summary>
    public static MapTable Drops(IEnumerable<KeyValuePair<uint, Counter[]>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.Drops.Name, context.AllDetails, "reason", "hook", "+packets", "+bytes");
        foreach (DropCount drop in DropCount.From(entries))
        {
            table.Add(drop.ReasonText, drop.HookText, (long)drop.Packets, (long)drop.Bytes);
        }

        return table.Build();
    }
}
