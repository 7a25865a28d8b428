using Netweir.Loader;

namespace Netweir.Ctl;

/// <summary>How full a pinned map is.</summary>
/// <param name="Info">null: it is not pinned.</param>
internal sealed record MapFill(MapSpec Spec, MapInfo? Info, long Entries)
{
    public long Percent => Info is { MaxEntries: > 0 } ? 100 * Entries / Info.MaxEntries : 0;
}
