using System.Globalization;

namespace Netweir.Bench;

/// <summary>The agent's arguments for fleets that are larger than its maps.</summary>
internal static class MapSizes
{
    private const int MostServices = 50_000;
    private const int MostBackends = 110_000;

    public static string[] For(FleetSize size)
    {
        if (size.Services <= MostServices && size.Backends <= MostBackends)
        {
            return [];
        }

        (string Map, int Entries)[] sizes =
        [
            ("nw_services", Math.Max(65536, size.Services * 5 / 4)),
            ("nw_frontends", Math.Max(262144, size.Services * 3)),
            ("nw_backends", size.Backends * 5 / 4),
            ("nw_backend_refs", size.Backends * 5 / 4),
            ("nw_slots", Math.Max(1 << 20, size.Backends * 2)),
        ];
        return [.. sizes.SelectMany(s => new[] { "--map-size", string.Create(CultureInfo.InvariantCulture, $"{s.Map}={s.Entries}") })];
    }
}
