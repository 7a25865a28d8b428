using Netweir.Loader;
using Netweir.Maps;
using ServiceNames = Netweir.Maps.Service;

namespace Netweir.Controller.Services;

/// <summary>
/// The six maps of bpf/services.h, and how many entries were written through this object. Each write of backends and frontends moves the backends'
/// epoch, so that the hooks look up again the flows that they remember.
/// </summary>
internal sealed class ServiceMaps
{
    public required IBpfMap<uint, ServiceNames> Services { get; init; }

    public required IBpfMap<FrontendKey, Frontend> Frontends { get; init; }

    public required IBpfMap<uint, uint> Slots { get; init; }

    public required IBpfMap<uint, Backend> Backends { get; init; }

    public required IBpfMap<FrontendKey, uint> BackendRefs { get; init; }

    public required IBpfMap<SourceRangeKey, uint> SourceRanges { get; init; }

    public required IBpfMap<uint, ulong> BackendEpoch { get; init; }

    public required ServiceCapacity Capacity { get; init; }

    /// <summary>Entries written or deleted.</summary>
    public int Writes { get; private set; }

    /// <summary>The maps stay the caller's to dispose.</summary>
    public static ServiceMaps Of(NetweirMaps maps) => new()
    {
        Services = maps.Services,
        Frontends = maps.Frontends,
        Slots = maps.Slots,
        Backends = maps.Backends,
        BackendRefs = maps.BackendRefs,
        SourceRanges = maps.SourceRanges,
        BackendEpoch = maps.BackendEpoch,
        Capacity = new ServiceCapacity
        {
            Services = (int)maps.Services.Info.MaxEntries,
            Frontends = (int)maps.Frontends.Info.MaxEntries,
            Slots = (int)maps.Slots.Info.MaxEntries,
            Backends = (int)maps.Backends.Info.MaxEntries,
            BackendRefs = (int)maps.BackendRefs.Info.MaxEntries,
            SourceRanges = (int)maps.SourceRanges.Info.MaxEntries,
        },
    };

    public void Set<TKey, TValue>(IBpfMap<TKey, TValue> map, KeyValuePair<TKey, TValue>[] entries)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        if (entries.Length == 0)
        {
            return;
        }

        try
        {
            if (entries.Length == 1)
            {
                map.Update(entries[0].Key, entries[0].Value);
            }
            else
            {
                map.UpdateBatch(entries);
            }
        }
        finally
        {
            // A reference that went would only have made flows tracked that need not be, a frontend that went has backends that go.
            if (ReferenceEquals(map, Backends) || ReferenceEquals(map, BackendRefs) || ReferenceEquals(map, Frontends))
            {
                MoveEpoch();
            }
        }

        Writes += entries.Length;
    }

    public void Delete<TKey, TValue>(IBpfMap<TKey, TValue> map, TKey key)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        // What is gone already is no write: a repair would take it for one more entry that another writer had changed.
        Writes += map.Delete(key) ? 1 : 0;
    }

    /// <summary>For writes of a process that may have died before it moved the epoch; <see cref="Set"/> does it by itself.</summary>
    public void MoveEpoch() => Epoch.Bump(BackendEpoch);
}
