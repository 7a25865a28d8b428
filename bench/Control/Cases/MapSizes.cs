using System.Globalization;

namespace Netweir.Bench;

/// <summary>The agent's arguments for fleets that are larger than its maps.</summary>
internal static class MapSizes
{
    private const int DefaultServices = 65536;

    public static string[] For(FleetSize size)
    {
        if (size.Services <= DefaultServices)
        {
            return [];
        }

        (string Map, int Entries)[] sizes =
        [
            ("nw_services", size.Services + (size.Services / 4)),
            ("nw_frontends", size.Services * 3),
            ("nw_backends", size.Backends + (size.Backends / 4)),
            ("nw_backend_refs", size.Backends + (size.Backends / 4)),
            ("nw_slots", size.Backends * 2),
        ];
        return [.. sizes.SelectMany(s => new[] { "--map-size", string.Create(CultureInfo.InvariantCulture, $"{s.Map}={s.Entries}") })];
    }
}
