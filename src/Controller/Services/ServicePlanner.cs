using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// The difference between what one Service should have and what the maps have for it, as writes that are added to a batch. All or nothing: a Service
/// that does not fit leaves batch, index and allocator as they were. Backends that stay keep place and generation; a list that changed goes
/// to a fresh range, and what is given up becomes free only after the batch was written.
/// </summary>
internal sealed class ServicePlanner(ActualMaps actual, ServiceIndex index, ServiceAllocator allocator)
{
    public Refusal? TryPlan(DesiredService desired, ServiceBatch batch)
    {
        var known = index.PortsOf(desired.Key).ToArray();
        if (Obstacle(desired, known, batch) is { } obstacle)
        {
            return obstacle;
        }

        var drafts = new List<PortDraft>();
        foreach (var port in desired.Ports)
        {
            var state = known.FirstOrDefault(s => s.Key == port.Key);
            var draft = new PortDraft(port, state, state?.Id ?? allocator.NextId());
            drafts.Add(draft);
            if (TryDraft(draft) is { } full)
            {
                drafts.ForEach(Undo);
                return Refused(desired.Key, full);
            }
        }

        foreach (var draft in drafts)
        {
            Commit(draft, batch);
        }

        foreach (var state in known.Where(s => drafts.TrueForAll(d => d.State != s)))
        {
            Remove(state, batch);
        }

        return null;
    }

    private Refusal? Obstacle(DesiredService desired, PortState[] known, ServiceBatch batch)
    {
        if (desired.Ports.Count == 0)
        {
            return null;
        }

        var ours = known.Select(s => s.Id).ToHashSet();
        var frontends = desired.Ports.SelectMany(p => p.Frontends).Select(f => f.Key).ToHashSet();
        foreach (var key in frontends)
        {
            if (index.OwnerOf(key) is not 0 and var owner && !ours.Contains(owner))
            {
                return new Refusal(desired.Key, RefusalReason.Conflict,
                    $"{key.Address} port {key.Port} ({Protocols.Name(key.Protocol)}) belongs to {index.KeyOf(owner)}; delete one of the two Services or give it another address");
            }
        }

        var newPorts = desired.Ports.Count(p => !Array.Exists(known, s => s.Key == p.Key));
        if (actual.Services.Count + batch.AddedNames + newPorts > actual.Capacity.Services)
        {
            return Refused(desired.Key, RefusalReason.ServicesFull);
        }

        var added = frontends.Count(k => !index.Has(k));
        var removed = known.SelectMany(s => s.Frontends).Count(k => !frontends.Contains(k));
        return index.FrontendCount + added - removed > actual.Capacity.Frontends ? Refused(desired.Key, RefusalReason.FrontendsFull) : null;
    }

    private Refusal Refused(ObjectKey service, RefusalReason reason)
    {
        var (map, size) = reason switch
        {
            RefusalReason.ServicesFull => ("nw_services", actual.Capacity.Services),
            RefusalReason.FrontendsFull => ("nw_frontends", actual.Capacity.Frontends),
            RefusalReason.BackendsFull => ("nw_backends", actual.Capacity.Backends),
            _ => ("nw_slots", actual.Capacity.Slots),
        };
        return new Refusal(service, reason, $"{map} has no room left for it (size {size}); remove Services or backends that are not needed");
    }

    private RefusalReason? TryDraft(PortDraft draft)
    {
        foreach (var key in draft.Desired.Backends)
        {
            if (draft.State is not null && draft.State.Places.TryGetValue(key, out var kept))
            {
                draft.Places.Add(key, kept);
            }
            else if (allocator.TryPlace(out var place, out var generation))
            {
                draft.Places.Add(key, place.Value);
                draft.NewBackends.Add(new(place.Value, Layouts.Backend(key, draft.Id, generation)));
            }
            else
            {
                return RefusalReason.BackendsFull;
            }
        }

        foreach (var frontend in draft.Desired.Frontends)
        {
            var places = frontend.Slots.Select(s => draft.Places[s]).ToArray();
            var flags = frontend.DropWhenEmpty ? Layouts.DropWhenEmpty : 0;
            if (IsUnchanged(draft, frontend.Key, places, flags))
            {
                continue;
            }

            if (ListOf(draft, places) is not { } slotBase)
            {
                return RefusalReason.SlotsFull;
            }

            draft.Frontends.Add(new(frontend.Key, Layouts.Frontend(draft.Id, slotBase, (uint)places.Length, flags)));
        }

        return null;
    }

    private bool IsUnchanged(PortDraft draft, FrontendKey key, uint[] places, uint flags) =>
        draft.State is not null && draft.State.Frontends.Contains(key)
        && actual.Frontends[key] is var current && current.Service == draft.Id && current.Flags == flags && IsList(current, places);

    private bool IsList(Frontend frontend, uint[] places) =>
        frontend.Inside.Count == places.Length
        && (places.Length == 0 || (allocator.Ranges.Has(frontend.Inside.Base, frontend.Inside.Count)
            && actual.SlotsAt(frontend.Inside.Base, frontend.Inside.Count).SequenceEqual(places)));

    /// <summary>Where this list is already, for another frontend of the service, or a fresh range; null when there is none.</summary>
    private uint? ListOf(PortDraft draft, uint[] places)
    {
        if (places.Length == 0)
        {
            return 0;
        }

        foreach (var (known, list) in draft.NewLists)
        {
            if (list.AsSpan().SequenceEqual(places))
            {
                return known;
            }
        }

        foreach (var key in draft.State?.Frontends ?? [])
        {
            if (IsList(actual.Frontends[key], places))
            {
                return actual.Frontends[key].Inside.Base;
            }
        }

        if (!allocator.Ranges.TryAllocate(places.Length, out var fresh))
        {
            return null;
        }

        draft.NewLists.Add(new(fresh.Value, places));
        return fresh;
    }

    private void Undo(PortDraft draft)
    {
        draft.NewBackends.ForEach(b => allocator.ReleasePlace(b.Key));
        draft.NewLists.ForEach(l => allocator.Ranges.Drop(l.Key));
        if (draft.State is null)
        {
            allocator.ReleaseId(draft.Id);
        }
    }

    private void Commit(PortDraft draft, ServiceBatch batch)
    {
        var state = draft.State ?? new PortState(draft.Id, draft.Desired.Key);
        if (draft.State is null)
        {
            index.Add(state);
            batch.AddedNames++;
        }

        var names = Layouts.Names(draft.Desired);
        if (!actual.Services.TryGetValue(state.Id, out var known) || known != names)
        {
            batch.Names.Add(state.Id, names);
        }

        batch.Backends.AddRange(draft.NewBackends);
        batch.Slots.AddRange(draft.NewLists);
        batch.DeletedBackends.AddRange(state.Places.Where(p => !draft.Places.ContainsKey(p.Key)).Select(p => p.Value));
        batch.Size += 1 + draft.NewBackends.Count + draft.NewLists.Sum(l => l.Value.Length) + draft.Frontends.Count;
        index.BackendCount += draft.Places.Count - state.Places.Count;
        state.Places = draft.Places;
        CommitFrontends(draft, state, batch);
    }

    private void CommitFrontends(PortDraft draft, PortState state, ServiceBatch batch)
    {
        foreach (var (key, frontend) in draft.Frontends)
        {
            if (frontend.Inside.Count > 0)
            {
                allocator.Ranges.Use(frontend.Inside.Base);
            }

            if (state.Frontends.Contains(key) || index.IsOrphan(key))
            {
                DropRangeOf(key, batch);
            }

            index.Own(key, state.Id);
            batch.Frontends[key] = frontend;
        }

        var wanted = draft.Desired.Frontends.Select(f => f.Key).ToHashSet();
        foreach (var key in state.Frontends.Where(k => !wanted.Contains(k)))
        {
            Delete(key, state.Id, batch);
        }

        state.Frontends = wanted;
    }

    private void Remove(PortState state, ServiceBatch batch)
    {
        foreach (var key in state.Frontends)
        {
            Delete(key, state.Id, batch);
        }

        batch.DeletedBackends.AddRange(state.Places.Values);
        batch.DeletedNames.Add(state.Id);
        batch.Size += 1 + state.Frontends.Count + state.Places.Count;
        index.BackendCount -= state.Places.Count;
        index.Remove(state);
    }

    /// <summary>A frontend that another port took over in the same batch is overwritten rather than deleted.</summary>
    private void Delete(FrontendKey key, uint owner, ServiceBatch batch)
    {
        DropRangeOf(key, batch);
        if (index.OwnerOf(key) == owner)
        {
            index.Disown(key);
            batch.DeletedFrontends.Add(key);
        }
    }

    private void DropRangeOf(FrontendKey key, ServiceBatch batch)
    {
        var old = actual.Frontends[key];
        if (old.Inside.Count > 0 && allocator.Ranges.Has(old.Inside.Base, old.Inside.Count))
        {
            batch.DroppedRanges.Add(old.Inside.Base);
        }
    }
}
