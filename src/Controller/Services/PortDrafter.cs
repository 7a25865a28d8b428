using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Allocates for one service what it is going to have. Backends that stay keep place and generation; a list that changed goes to a fresh
/// range. What was allocated is in the draft, also when there was not enough.
/// </summary>
internal sealed class PortDrafter(ActualMaps actual, ServiceAllocator allocator)
{
    public RefusalReason? TryFill(PortDraft draft)
    {
        foreach (var backend in draft.Desired.Backends)
        {
            if (!TryPlace(draft, backend))
            {
                return RefusalReason.BackendsFull;
            }
        }

        // Few lists, however many frontends: each is looked for once.
        var lists = new Dictionary<object, SlotList>(ReferenceEqualityComparer.Instance);
        foreach (var frontend in draft.Desired.Frontends)
        {
            if (ListOf(draft, frontend.Inside, lists) is not { } inside || ListOf(draft, frontend.Outside, lists) is not { } outside)
            {
                return RefusalReason.SlotsFull;
            }

            var value = Layouts.Frontend(frontend, draft.Id, inside, outside);
            if (draft.State is null || !draft.State.Frontends.Contains(frontend.Key) || actual.Frontends[frontend.Key] != value)
            {
                draft.Frontends.Add(new(frontend.Key, value));
            }
        }

        return null;
    }

    private bool TryPlace(PortDraft draft, DesiredBackend backend)
    {
        if (draft.State is not null && draft.State.Places.TryGetValue(backend.Key, out var kept))
        {
            draft.Places.Add(backend.Key, kept);
            var current = actual.BackendAt(kept);
            if (current.Flags != (uint)backend.Lists)
            {
                draft.ChangedBackends.Add(new(kept, current with { Flags = (uint)backend.Lists }));
            }

            return true;
        }

        if (!allocator.TryPlace(out var place, out var generation))
        {
            return false;
        }

        draft.Places.Add(backend.Key, place.Value);
        draft.NewBackends.Add(new(place.Value, Layouts.Backend(backend, draft.Id, generation)));
        return true;
    }

    /// <summary>Where this list is already, for a frontend of the service, or a fresh range; null when there is none.</summary>
    private SlotList? ListOf(PortDraft draft, IReadOnlyList<FrontendKey> backends, Dictionary<object, SlotList> lists)
    {
        if (backends.Count == 0 || lists.TryGetValue(backends, out var known))
        {
            return backends.Count == 0 ? default(SlotList) : lists[backends];
        }

        var places = backends.Select(b => draft.Places[b]).ToArray();
        known = Existing(draft, places);
        if (known.Count == 0)
        {
            if (!allocator.Ranges.TryAllocate(places.Length, out var fresh))
            {
                return null;
            }

            known = new SlotList { Base = fresh.Value, Count = (uint)places.Length };
            draft.NewLists.Add(new(fresh.Value, places));
        }

        lists.Add(backends, known);
        return known;
    }

    /// <summary>Empty when nowhere.</summary>
    private SlotList Existing(PortDraft draft, uint[] places)
    {
        foreach (var (known, list) in draft.NewLists)
        {
            if (list.AsSpan().SequenceEqual(places))
            {
                return new SlotList { Base = known, Count = (uint)places.Length };
            }
        }

        foreach (var key in draft.State?.Frontends ?? [])
        {
            foreach (var list in Layouts.Lists(actual.Frontends[key]))
            {
                if (list.Count == places.Length && allocator.Ranges.Has(list) && actual.SlotsAt(list).SequenceEqual(places))
                {
                    return list;
                }
            }
        }

        return default;
    }
}
