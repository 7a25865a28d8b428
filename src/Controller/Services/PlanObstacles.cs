using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>What keeps a Service from being programmed before anything is allocated for it.</summary>
internal sealed class PlanObstacles(ActualMaps actual, ServiceIndex index)
{
    public Refusal? Find(DesiredService desired, PortState[] known, ServiceBatch batch)
    {
        if (desired.Ports.Count == 0)
        {
            return null;
        }

        var frontends = desired.Ports.SelectMany(p => p.Frontends).Select(f => f.Key).ToHashSet();
        return Full(desired, known, frontends, batch);
    }

    public Refusal Refused(DesiredService desired, RefusalReason reason)
    {
        var (map, size) = reason switch
        {
            RefusalReason.ServicesFull => ("nw_services", actual.Capacity.Services),
            RefusalReason.FrontendsFull => ("nw_frontends", actual.Capacity.Frontends),
            RefusalReason.BackendsFull when actual.Capacity.Places < actual.Capacity.Backends => ("nw_backend_refs", actual.Capacity.Places),
            RefusalReason.BackendsFull => ("nw_backends", actual.Capacity.Backends),
            RefusalReason.SourceRangesFull => ("nw_source_ranges", actual.Capacity.SourceRanges),
            _ => ("nw_slots", actual.Capacity.Slots),
        };
        return new Refusal(
            desired.Key, reason, $"{map} has no room left for it (size {size}); remove Services or backends that are not needed, or give the agent a larger --map-size {map}=N");
    }

    /// <summary>In <see cref="Refusal.Detail"/>'s words; for a Service that has plain lists in place of Maglev tables.</summary>
    public string NoTables =>
        $"nw_slots has no room for its Maglev tables (size {actual.Capacity.Slots}, of which tables have at most half), so that flows choose a backend by "
        + $"chance; remove annotation {ServiceFacts.AlgorithmAnnotation} from Services that do not need it; the rest of it is programmed";

    /// <summary>Names and source ranges are written before the batch removes any, frontends after.</summary>
    private Refusal? Full(DesiredService desired, PortState[] known, HashSet<FrontendKey> frontends, ServiceBatch batch)
    {
        var newPorts = desired.Ports.Count(p => !Array.Exists(known, s => s.Key == p.Key));
        if (actual.Services.Count + batch.AddedNames + newPorts > actual.Capacity.Services)
        {
            return Refused(desired, RefusalReason.ServicesFull);
        }

        var newRanges = desired.Ports.Sum(p => NewRanges(p, Array.Find(known, s => s.Key == p.Key)));
        if (actual.SourceRanges.Count + batch.SourceRanges.Count + newRanges > actual.Capacity.SourceRanges)
        {
            return Refused(desired, RefusalReason.SourceRangesFull);
        }

        var added = frontends.Count(k => !index.Has(k));
        var removed = known.SelectMany(s => s.Frontends).Count(k => !frontends.Contains(k));
        return index.FrontendCount + added - removed > actual.Capacity.Frontends ? Refused(desired, RefusalReason.FrontendsFull) : null;
    }

    private static int NewRanges(DesiredPort port, PortState? state) =>
        state is null ? port.SourceRanges.Count : port.SourceRanges.Count(r => !state.SourceRanges.Contains(r.KeyFor(state.Id)));
}
