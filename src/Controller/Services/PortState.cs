using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>What the maps have for one service: where its backends are, its source ranges and its frontends (whose values are in <see cref="ActualMaps.Frontends"/>).</summary>
internal sealed class PortState(uint id, ServicePortKey key)
{
    public uint Id => id;

    public ServicePortKey Key => key;

    public Dictionary<FrontendKey, uint> Places { get; set; } = [];

    public HashSet<FrontendKey> Frontends { get; set; } = [];

    public HashSet<SourceRangeKey> SourceRanges { get; set; } = [];
}
