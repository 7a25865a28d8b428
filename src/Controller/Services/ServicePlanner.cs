using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// The difference between what one Service should have and what the maps have for it, as writes that are added to a batch. All or nothing: a Service
/// that does not fit leaves batch, index and allocator as they were. What is given up becomes free only after the batch was written.
/// </summary>
internal sealed class ServicePlanner(ActualMaps actual, ServiceIndex index, ServiceAllocator allocator)
{
    private readonly PlanObstacles _obstacles = new(actual, index);
    private readonly PortDrafter _drafter = new(actual, allocator);

    /// <summary>As <see cref="TryPlan"/>, with plain lists where there is no room for Maglev tables, which <paramref name="left"/> and the refusal say then.</summary>
    public Refusal? TryPlanWithOrWithoutTables(DesiredService desired, ServiceBatch batch, out DesiredService left)
    {
        left = desired;
        var refusal = TryPlan(desired, batch);
        if (refusal?.Reason != RefusalReason.SlotsFull || !desired.IsConsistent)
        {
            return refusal;
        }

        left = desired.WithoutTables();
        return TryPlan(left, batch) ?? new Refusal(desired.Key, RefusalReason.SlotsFull, _obstacles.NoTables) { IsPartial = true };
    }

    /// <summary>Takes over frontends that others have. Null when it fits.</summary>
    public Refusal? TryPlan(DesiredService desired, ServiceBatch batch)
    {
        var known = index.PortsOf(desired.Key).ToArray();
        if (_obstacles.Find(desired, known, batch) is { } obstacle)
        {
            return obstacle;
        }

        var drafts = new List<PortDraft>();
        foreach (var port in desired.Ports)
        {
            var state = known.FirstOrDefault(s => s.Key == port.Key);
            var draft = new PortDraft(port, state, state?.Id ?? allocator.NextId());
            drafts.Add(draft);
            if (_drafter.TryFill(draft) is { } full)
            {
                drafts.ForEach(Undo);
                return _obstacles.Refused(desired, full);
            }
        }

        if (TablesAreTooLarge(drafts, known))
        {
            drafts.ForEach(Undo);
            return _obstacles.Refused(desired, RefusalReason.SlotsFull);
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

    /// <summary>New Maglev tables, together with those of all others.</summary>
    private bool TablesAreTooLarge(List<PortDraft> drafts, PortState[] known)
    {
        var ranges = allocator.Ranges;
        if (drafts.TrueForAll(d => d.NewLists.TrueForAll(l => ranges.TableSlotsOf(new SlotList { Base = l.Key }) == 0)))
        {
            return false;
        }

        var kept = drafts.SelectMany(d => d.Lists).Select(l => l.Base).ToHashSet();
        var replaced = known.SelectMany(s => s.Frontends).SelectMany(k => Layouts.Lists(actual.Frontends[k]))
            .Where(l => l.Count > 0 && !kept.Contains(l.Base)).DistinctBy(l => l.Base).Sum(l => (long)ranges.TableSlotsOf(l));
        return ranges.TableSlots - replaced > ranges.MostTableSlots;
    }

    /// <summary>Notes that a frontend in the maps is about to go, or to have other lists.</summary>
    public void DropRangesOf(FrontendKey key, ServiceBatch batch) =>
        batch.DroppedRanges.AddRange(Layouts.Lists(actual.Frontends[key]).Where(l => l.Count > 0 && allocator.Ranges.Has(l)).Select(l => l.Base));

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
        batch.ChangedBackends.AddRange(draft.ChangedBackends);
        batch.Slots.AddRange(draft.NewLists);
        batch.Slots.AddRange(draft.Overwritten);
        batch.DeletedBackends.AddRange(state.Places.Where(p => !draft.Places.ContainsKey(p.Key)).Select(p => p.Value));
        batch.Size += 1 + draft.NewBackends.Count + draft.ChangedBackends.Count + draft.NewLists.Concat(draft.Overwritten).Sum(l => l.Value.Length) + draft.Frontends.Count;
        index.BackendCount += draft.Places.Count - state.Places.Count;
        state.Places = draft.Places;
        CommitSourceRanges(draft, state, batch);
        CommitFrontends(draft, state, batch);
    }

    private static void CommitSourceRanges(PortDraft draft, PortState state, ServiceBatch batch)
    {
        if (draft.SourceRanges.Count + state.SourceRanges.Count == 0)
        {
            return;
        }

        var added = draft.SourceRanges.Except(state.SourceRanges).ToArray();
        batch.SourceRanges.AddRange(added);
        batch.DeletedSourceRanges.AddRange(state.SourceRanges.Except(draft.SourceRanges));
        batch.Size += added.Length;
        state.SourceRanges = draft.SourceRanges;
    }

    private void CommitFrontends(PortDraft draft, PortState state, ServiceBatch batch)
    {
        foreach (var (key, frontend) in draft.Frontends)
        {
            allocator.Ranges.Use(frontend.Inside);
            allocator.Ranges.Use(frontend.Outside);
            if (state.Frontends.Contains(key) || index.IsOrphan(key))
            {
                DropRangesOf(key, batch);
            }

            TakeOver(key, state, batch);
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

    /// <summary>From another Service, whose frontend may still wait in the batch. Another port of the same one gives it up by itself.</summary>
    private void TakeOver(FrontendKey key, PortState taker, ServiceBatch batch)
    {
        if (index.StateOf(index.OwnerOf(key)) is not { } loser || loser.Key.Service == taker.Key.Service)
        {
            return;
        }

        loser.Frontends.Remove(key);
        if (batch.Frontends.TryGetValue(key, out var waiting))
        {
            batch.DroppedRanges.AddRange(Layouts.Lists(waiting).Where(l => l.Count > 0).Select(l => l.Base));
        }
        else
        {
            DropRangesOf(key, batch);
        }
    }

    private void Remove(PortState state, ServiceBatch batch)
    {
        foreach (var key in state.Frontends)
        {
            Delete(key, state.Id, batch);
        }

        batch.DeletedBackends.AddRange(state.Places.Values);
        batch.DeletedSourceRanges.AddRange(state.SourceRanges);
        batch.DeletedNames.Add(state.Id);
        batch.Size += 1 + state.Frontends.Count + state.Places.Count + state.SourceRanges.Count;
        index.BackendCount -= state.Places.Count;
        index.Remove(state);
    }

    /// <summary>A frontend that another port took over in the same batch is overwritten rather than deleted.</summary>
    private void Delete(FrontendKey key, uint owner, ServiceBatch batch)
    {
        DropRangesOf(key, batch);
        if (index.OwnerOf(key) == owner)
        {
            index.Disown(key);
            batch.DeletedFrontends.Add(key);
        }
    }
}
