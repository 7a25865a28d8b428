using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>Everything that follows from one reading of the maps. Thrown away after a failed write.</summary>
internal sealed class ServicesProgram
{
    private readonly ServiceMaps _maps;

    private ServicesProgram(ServiceMaps maps, ActualMaps actual)
    {
        _maps = maps;
        Actual = actual;
        Index = new ServiceIndex(actual);
        Allocator = new ServiceAllocator(actual);
        Planner = new ServicePlanner(actual, Index, Allocator);
        Writer = new BatchWriter(actual, Allocator);
    }

    public ActualMaps Actual { get; }

    public ServiceIndex Index { get; }

    public ServicePlanner Planner { get; }

    public BatchWriter Writer { get; }

    private ServiceAllocator Allocator { get; }

    /// <summary>Reads the maps and makes nw_backend_refs count what nw_backends has, and the epoch follow, should a crash have come in between.</summary>
    public static ServicesProgram Load(ServiceMaps maps)
    {
        var actual = ActualMaps.Read(maps);
        var counts = new Dictionary<FrontendKey, uint>();
        foreach (var place in actual.UsedPlaces)
        {
            var key = Layouts.KeyOf(actual.BackendAt(place));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        actual.SetReferences([.. counts.Keys.Union(actual.References.Keys)
            .Where(k => actual.References.GetValueOrDefault(k) != counts.GetValueOrDefault(k))
            .Select(k => KeyValuePair.Create(k, counts.GetValueOrDefault(k)))]);
        maps.MoveEpoch();
        return new ServicesProgram(maps, actual);
    }

    /// <summary>These are about to be programmed. Tables that grow by and by cost a collection of all garbage each time that they are large.</summary>
    public void Expect(DesiredServices wanted)
    {
        Actual.Expect(wanted.Count, wanted.Endpoints);
        Index.Expect(wanted.Count);
    }

    /// <summary>Removes what belongs to no service. Returns whether there was something.</summary>
    public bool Prune()
    {
        var batch = new ServiceBatch();
        foreach (var key in Index.OrphanFrontends.ToArray())
        {
            Planner.DropRangesOf(key, batch);
            batch.DeletedFrontends.Add(key);
            Index.Disown(key);
        }

        batch.DeletedBackends.AddRange(Index.OrphanPlaces);
        batch.DeletedSourceRanges.AddRange(Index.OrphanSourceRanges);
        batch.DeletedNames.AddRange(Index.OrphanNames);
        Index.OrphanPlaces.Clear();
        Index.OrphanSourceRanges.Clear();
        Index.OrphanNames.Clear();
        Writer.Apply(batch);
        return batch.Frees;
    }

    public DriftRepair RepairDrift() => new(_maps, Actual, Allocator.Ranges.All, Index.States);

    /// <summary>What the maps have for a Service now, as something to go back to.</summary>
    public DesiredService Restore(ObjectKey service) => new(service, [.. Index.PortsOf(service).Select(Restore)]);

    /// <summary>Goes back to what <see cref="Restore(ObjectKey)"/> said, but for frontends that others have taken since.</summary>
    public void Revert(DesiredService earlier)
    {
        var batch = new ServiceBatch();
        var ours = Index.PortsOf(earlier.Key).Select(s => s.Id).Append(0u).ToHashSet();
        var taken = earlier.Ports.SelectMany(p => p.Frontends).Select(f => f.Key).Where(k => !ours.Contains(Index.OwnerOf(k))).ToHashSet();
        if (Planner.TryPlan(taken.Count == 0 ? earlier : earlier.Without(taken), batch) is null)
        {
            Writer.Apply(batch);
        }
    }

    private DesiredPort Restore(PortState state)
    {
        var keys = state.Places.ToDictionary(p => p.Value, p => p.Key);
        var lists = new Dictionary<SlotList, FrontendKey[]?>();
        var frontends = new List<DesiredFrontend>();
        foreach (var key in state.Frontends)
        {
            var frontend = Actual.Frontends[key];
            if (Restore(frontend.Inside, keys, lists) is { } inside && Restore(frontend.Outside, keys, lists) is { } outside)
            {
                frontends.Add(new DesiredFrontend
                {
                    Key = key,
                    Inside = inside,
                    Outside = outside,
                    Flags = (FrontendFlag)frontend.Flags,
                    AffinityTimeout = frontend.AffinityTimeout,
                });
            }
        }

        return new DesiredPort
        {
            Key = state.Key,
            Port = Actual.Services[state.Id].Port.Value,
            Backends = [.. state.Places.Select(p => new DesiredBackend(p.Key, (BackendFlag)Actual.BackendAt(p.Value).Flags))],
            Frontends = frontends,
            SourceRanges = [.. state.SourceRanges.Select(SourceRange.Of)],
        };
    }

    /// <summary>Null for a list that another writer changed.</summary>
    private FrontendKey[]? Restore(SlotList list, Dictionary<uint, FrontendKey> keys, Dictionary<SlotList, FrontendKey[]?> known)
    {
        if (known.TryGetValue(list, out var restored))
        {
            return restored;
        }

        var places = Actual.SlotsAt(list).ToArray();
        restored = Array.TrueForAll(places, keys.ContainsKey) ? Array.ConvertAll(places, p => keys[p]) : null;
        known.Add(list, restored);
        return restored;
    }
}
