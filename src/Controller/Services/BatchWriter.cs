using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Applies a batch so that whoever follows frontend, slot, backend between any two writes lands on a backend of that service: what a
/// reader could come to exists before it is pointed to, and goes after nothing points to it any more.
/// </summary>
internal sealed class BatchWriter(ActualMaps actual, ServiceAllocator allocator)
{
    /// <exception cref="Loader.BpfException">A write failed: what was written before it stays; read the maps again.</exception>
    public void Apply(ServiceBatch batch)
    {
        actual.SetServices([.. batch.Names]);
        foreach (var key in batch.DeletedFrontends.Where(k => !batch.Frontends.ContainsKey(k)))
        {
            actual.DeleteFrontend(key);
        }

        actual.SetBackends([.. batch.Backends, .. batch.ChangedBackends]);
        actual.SetReferences(Counts(batch.Backends.Select(b => Layouts.KeyOf(b.Value)), +1));
        actual.SetSlots(batch.Slots);
        actual.SetSourceRanges(batch.SourceRanges);
        actual.SetFrontends([.. batch.Frontends]);
        var removed = batch.DeletedBackends.ConvertAll(p => Layouts.KeyOf(actual.BackendAt(p)));
        actual.FreeBackends(batch.DeletedBackends);
        actual.SetReferences(Counts(removed, -1));
        batch.DeletedSourceRanges.ForEach(actual.DeleteSourceRange);
        foreach (var id in batch.DeletedNames)
        {
            actual.DeleteService(id);
        }

        Release(batch);
    }

    /// <summary>How many of nw_backends will have each address when all of <paramref name="keys"/> come (+1) or go (-1).</summary>
    private KeyValuePair<FrontendKey, uint>[] Counts(IEnumerable<FrontendKey> keys, int sign) =>
        [.. keys.GroupBy(k => k).Select(g => KeyValuePair.Create(g.Key, (uint)Math.Max(0, actual.References.GetValueOrDefault(g.Key) + (sign * g.Count()))))];

    private void Release(ServiceBatch batch)
    {
        batch.DroppedRanges.ForEach(allocator.Ranges.Drop);
        batch.DeletedBackends.ForEach(allocator.ReleasePlace);
        batch.DeletedNames.ForEach(allocator.ReleaseId);
    }
}
