using System.Globalization;

namespace Netweir.Maps;

/// <summary>Tables of the maps that say which clients a service knows: where they were sent, who may come.</summary>
public static class ClientTables
{
    /// <summary>Column <c>backend</c> is empty for one that is gone: the client's next flow gets another.</summary>
    /// <param name="backendAt">Index -> backend; null when there is none.</param>
    public static MapTable Affinity(IEnumerable<KeyValuePair<AffinityKey, Affinity>> entries, Func<uint, Backend?> backendAt, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(backendAt);
        var table = new TableBuilder(MapSpecs.Affinity.Name, context.AllDetails, "service", "client", "backend", "+age", "+index", "+generation");
        foreach ((AffinityKey key, Affinity affinity) in entries
            .OrderBy(e => context.Service(e.Key.Service), StringComparer.Ordinal).ThenBy(e => e.Key.Client))
        {
            string backend = backendAt(affinity.Backend) is { } known && known.Service == key.Service && known.Generation == affinity.Generation
                ? Text.Place(known.Address, known.Port)
                : "";
            table.Add(context.Service(key.Service), key.Client, backend, context.Age(affinity.LastUsed), affinity.Backend, affinity.Generation);
        }

        return table.Build();
    }

    public static MapTable SourceRanges(IEnumerable<KeyValuePair<SourceRangeKey, uint>> entries, DumpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = new TableBuilder(MapSpecs.SourceRanges.Name, context.AllDetails, "service", "range", "+service_id");
        foreach (SourceRangeKey key in entries.Select(e => e.Key)
            .OrderBy(k => context.Service(k.Service), StringComparer.Ordinal).ThenBy(k => k.Address).ThenBy(k => k.PrefixLength))
        {
            table.Add(context.Service(key.Service), Range(key), key.Service);
        }

        return table.Build();
    }

    private static string Range(SourceRangeKey key)
    {
        long length = key.PrefixLength - 32L - (key.Address.IsIPv4 ? Address.IPv4PrefixOffset : 0);
        return string.Create(CultureInfo.InvariantCulture, $"{(key.Address.IsZero ? "::" : key.Address.ToString())}/{length}");
    }
}
