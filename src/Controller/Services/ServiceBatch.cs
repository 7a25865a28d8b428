using Netweir.Maps;
using ServiceNames = Netweir.Maps.Service;

namespace Netweir.Controller.Services;

/// <summary>Writes that are waiting to be applied, by map, and what becomes free once they are. See <see cref="BatchWriter"/> for the order.</summary>
internal sealed class ServiceBatch
{
    public Dictionary<uint, ServiceNames> Names { get; } = [];

    /// <summary>How many of <see cref="Names"/> are new keys.</summary>
    public int AddedNames { get; set; }

    public HashSet<FrontendKey> DeletedFrontends { get; } = [];

    public List<KeyValuePair<uint, Backend>> Backends { get; } = [];

    /// <summary>Backends that stay, with other flags.</summary>
    public List<KeyValuePair<uint, Backend>> ChangedBackends { get; } = [];

    public List<SourceRangeKey> SourceRanges { get; } = [];

    /// <summary>Bases of new lists with the places that they have.</summary>
    public List<KeyValuePair<uint, uint[]>> Slots { get; } = [];

    public Dictionary<FrontendKey, Frontend> Frontends { get; } = [];

    /// <summary>Places.</summary>
    public List<uint> DeletedBackends { get; } = [];

    /// <summary>Ids.</summary>
    public List<uint> DeletedNames { get; } = [];

    public List<SourceRangeKey> DeletedSourceRanges { get; } = [];

    /// <summary>Bases of lists that a side of a frontend does not use any more, once for each.</summary>
    public List<uint> DroppedRanges { get; } = [];

    /// <summary>About how many entries it writes.</summary>
    public int Size { get; set; }

    public bool Frees => DeletedFrontends.Count + DeletedBackends.Count + DeletedNames.Count + DeletedSourceRanges.Count + DroppedRanges.Count > 0;
}
