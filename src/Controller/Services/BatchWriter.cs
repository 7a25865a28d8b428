using System.Runtime.InteropServices;
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
        actual.SetReferences(Counts(batch.Backends.ConvertAll(b => Layouts.KeyOf(b.Value)), +1));
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
    private Dictionary<FrontendKey, uint> Counts(List<FrontendKey> keys, int sign)
    {
        var counts = new Dictionary<FrontendKey, uint>(keys.Count);
        foreach (var key in keys)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out var known);
            count = (uint)Math.Max(0, (known ? count : actual.References.GetValueOrDefault(key)) + sign);
        }

        return counts;
    }

    private void Release(ServiceBatch batch)
    {
        batch.DroppedRanges.ForEach(allocator.Ranges.Drop);
        batch.DeletedBackends.ForEach(allocator.ReleasePlace);
        batch.DeletedNames.ForEach(allocator.ReleaseId);
    }
}
