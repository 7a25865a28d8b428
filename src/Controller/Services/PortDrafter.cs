using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Allocates for one service what it is going to have. Backends that stay keep place and generation; a list that changed goes to a fresh
/// range, or when there is none takes the place of the one before. What was allocated is in the draft, also when there was not enough.
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
            if (ListOf(draft, frontend, frontend.Inside, lists) is not { } inside || ListOf(draft, frontend, frontend.Outside, lists) is not { } outside)
            {
                return RefusalReason.SlotsFull;
            }

            var value = Layouts.Frontend(frontend, draft.Id, inside, outside);
            if (draft.State is null || !draft.State.Frontends.Contains(frontend.Key) || actual.Frontends[frontend.Key] != value)
            {
                draft.Frontends.Add(new(frontend.Key, value));
            }
        }

        draft.Lists.UnionWith(lists.Values);
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

    /// <summary>Where this list is already, for a frontend of the service, or a fresh range, or the one that it replaces; null when there is none.</summary>
    private SlotList? ListOf(PortDraft draft, DesiredFrontend frontend, IReadOnlyList<FrontendKey> backends, Dictionary<object, SlotList> lists)
    {
        if (backends.Count == 0 || lists.TryGetValue(backends, out var known))
        {
            return backends.Count == 0 ? default(SlotList) : lists[backends];
        }

        var places = backends.Select(b => draft.Places[b]).ToArray();
        known = Existing(draft, places);
        if (known.Count == 0)
        {
            var isTable = places.Length > 1 && frontend.Flags.HasFlag(FrontendFlag.Consistent);
            var room = allocator.Ranges.TryAllocate(places.Length, isTable, out var fresh) ? draft.NewLists : draft.Overwritten;
            if ((fresh ?? Replaced(draft, places, lists)) is not { } slotBase)
            {
                return null;
            }

            known = new SlotList { Base = slotBase, Count = (uint)places.Length };
            room.Add(new(slotBase, places));
        }

        lists.Add(backends, known);
        return known;
    }

    /// <summary>Empty when nowhere.</summary>
    private SlotList Existing(PortDraft draft, uint[] places)
    {
        foreach (var (known, list) in draft.NewLists.Concat(draft.Overwritten))
        {
            if (list.AsSpan().SequenceEqual(places))
            {
                return new SlotList { Base = known, Count = (uint)places.Length };
            }
        }

        return ListsOf(draft).FirstOrDefault(l => l.Count == places.Length && actual.SlotsAt(l).SequenceEqual(places));
    }

    /// <summary>
    /// The base of a list of the service that is not shorter, is not wanted any more and has one of the backends, and so their family: who reads it while
    /// it is overwritten finds backends of the service. For when there is no room, so that a list never stays as it is only because others are long.
    /// </summary>
    private uint? Replaced(PortDraft draft, uint[] places, Dictionary<object, SlotList> lists)
    {
        var replaced = ListsOf(draft).FirstOrDefault(l =>
            l.Count >= places.Length && !lists.ContainsValue(l) && !IsWanted(draft, l) && Array.Exists(places, actual.SlotsAt(l).ToArray().Contains));
        return replaced.Count > 0 ? replaced.Base : null;
    }

    /// <summary>For a frontend whose list is looked for later.</summary>
    private bool IsWanted(PortDraft draft, SlotList list)
    {
        var places = actual.SlotsAt(list).ToArray();
        return draft.Desired.Frontends.SelectMany(f => new[] { f.Inside, f.Outside }).Distinct()
            .Any(w => w.Count == places.Length && w.Select(b => draft.Places[b]).SequenceEqual(places));
    }

    /// <summary>Of the service in the maps, but for those that the draft overwrites.</summary>
    private IEnumerable<SlotList> ListsOf(PortDraft draft) => (draft.State?.Frontends ?? []).SelectMany(k => Layouts.Lists(actual.Frontends[k]))
        .Where(l => l.Count > 0 && allocator.Ranges.Has(l) && draft.Overwritten.TrueForAll(o => o.Key != l.Base));
}
