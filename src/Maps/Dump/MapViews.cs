using Netweir.Loader;

namespace Netweir.Maps;

/// <summary>The maps that can be shown: all that are declared.</summary>
public static class MapViews
{
    /// <summary>In the order of their names.</summary>
    public static IReadOnlyList<MapView> All { get; } =
    [
        new(MapSpecs.Affinity, Affinity, root => Count(MapSpecs.Affinity, root)),
        Array(MapSpecs.BackendEpoch, (entries, context) => AddressTables.Epoch(MapSpecs.BackendEpoch.Name, entries, context)),
        Hash(MapSpecs.BackendRefs, ServiceTables.BackendRefs),
        Array(MapSpecs.Backends, ServiceTables.Backends),
        Hash(MapSpecs.Conntrack, FlowTables.Conntrack),
        new(MapSpecs.Drops, Drops, count: null),
        Hash(MapSpecs.Endpoints, AddressTables.Endpoints),
        Array(MapSpecs.Epoch, (entries, context) => AddressTables.Epoch(MapSpecs.Epoch.Name, entries, context)),
        Hash(MapSpecs.Fragments, FlowTables.Fragments),
        new(MapSpecs.Frontends, Frontends, root => Count(MapSpecs.Frontends, root)),
        Hash(MapSpecs.Ipcache, AddressTables.Ipcache),
        Hash(MapSpecs.Nodes, AddressTables.Nodes),
        Hash(MapSpecs.Services, ServiceTables.Services),
        new(MapSpecs.Slots, Slots, count: null),
        Hash(MapSpecs.SourceRanges, ClientTables.SourceRanges),
        Hash(MapSpecs.Uplinks, AddressTables.Uplinks),
    ];

    /// <param name="name">With or without <c>nw_</c>.</param>
    public static MapView? Find(string name) => All.FirstOrDefault(v => v.Spec.Name == name || v.ShortName == name);

    /// <summary>Names of services and nodes, as far as their maps are there.</summary>
    public static NameTable ReadNames(string root)
    {
        using BpfMap<uint, Service> services = MapSpecs.Services.OpenPinned(root);
        using BpfMap<Address, Node> nodes = MapSpecs.Nodes.OpenPinned(root);
        return NameTable.From(services.Entries(), nodes.Entries());
    }

    private static MapView Hash<TKey, TValue>(MapSpec<TKey, TValue> spec, Func<IEnumerable<KeyValuePair<TKey, TValue>>, DumpContext, MapTable> table)
        where TKey : unmanaged
        where TValue : unmanaged => new(spec, Reader(spec, table), root => Count(spec, root));

    private static MapView Array<TKey, TValue>(MapSpec<TKey, TValue> spec, Func<IEnumerable<KeyValuePair<TKey, TValue>>, DumpContext, MapTable> table)
        where TKey : unmanaged
        where TValue : unmanaged => new(spec, Reader(spec, table), count: null);

    private static Func<string, DumpContext, MapTable> Reader<TKey, TValue>(
        MapSpec<TKey, TValue> spec, Func<IEnumerable<KeyValuePair<TKey, TValue>>, DumpContext, MapTable> table)
        where TKey : unmanaged
        where TValue : unmanaged => (root, context) =>
        {
            using BpfMap<TKey, TValue> map = spec.OpenPinned(root);
            return table(map.Entries(), context);
        };

    private static long Count<TKey, TValue>(MapSpec<TKey, TValue> spec, string root)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        using BpfMap<TKey, TValue> map = spec.OpenPinned(root);
        return map.Entries().LongCount();
    }

    private static MapTable Drops(string root, DumpContext context)
    {
        using PerCpuBpfMap<uint, Counter> drops = MapSpecs.Drops.OpenPinned(root);
        return FlowTables.Drops(drops.Entries(), context);
    }

    private static MapTable Affinity(string root, DumpContext context)
    {
        using BpfMap<AffinityKey, Affinity> affinity = MapSpecs.Affinity.OpenPinned(root);
        using BpfMap<uint, Backend> backends = MapSpecs.Backends.OpenPinned(root);
        return ClientTables.Affinity(affinity.Entries(), index => backends.TryLookup(index, out Backend backend) ? backend : null, context);
    }

    private static MapTable Frontends(string root, DumpContext context)
    {
        using BpfMap<FrontendKey, Frontend> frontends = MapSpecs.Frontends.OpenPinned(root);
        using BpfMap<uint, uint> slots = MapSpecs.Slots.OpenPinned(root);
        using BpfMap<uint, Backend> backends = MapSpecs.Backends.OpenPinned(root);
        return ServiceTables.Frontends(
            frontends.Entries(),
            slot => slots.TryLookup(slot, out uint index) && backends.TryLookup(index, out Backend backend) ? backend : null,
            context);
    }

    private static MapTable Slots(string root, DumpContext context)
    {
        using BpfMap<FrontendKey, Frontend> frontends = MapSpecs.Frontends.OpenPinned(root);
        using BpfMap<uint, uint> slots = MapSpecs.Slots.OpenPinned(root);
        return ServiceTables.Slots(frontends.Entries(), slot => slots.TryLookup(slot, out uint index) ? index : 0, context);
    }
}
