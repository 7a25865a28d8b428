using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>What <c>ctl maps list</c> shows.</summary>
internal static class MapList
{
    private const string TypePrefix = "BPF_MAP_TYPE_";

    public static IReadOnlyList<MapFill> Read(string root) => [.. MapViews.All.Select(view =>
    {
        MapInfo? info = BpfMap.TryReadInfo(BpfPaths.Map(root, view.Spec.Name), view.Spec.Name);
        return new MapFill(view.Spec, info, info is null ? 0 : view.Count(root));
    })];

    public static MapTable Table(IReadOnlyList<MapFill> maps) => new()
    {
        Name = "maps",
        Columns = ["name", "type", "entries", "max", "fill_percent", "bytes"],
        Rows = [.. maps.Select(Row)],
    };

    private static IReadOnlyList<Cell> Row(MapFill map) => map.Info is { } info
        ? [map.Spec.Name, Type(info), map.Entries, info.MaxEntries, map.Percent, info.Bytes]
        : [map.Spec.Name, "not pinned", default, default, default, default];

    private static string Type(MapInfo info) => info.Type.ToString().Replace(TypePrefix, "", StringComparison.Ordinal).ToLowerInvariant();
}
