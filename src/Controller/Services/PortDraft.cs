using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>What one service is going to be, with what was allocated for it. Nothing else knows of it until it is committed.</summary>
internal sealed class PortDraft(DesiredPort desired, PortState? state, uint id)
{
    private static readonly HashSet<SourceRangeKey> NoRanges = [];

    public DesiredPort Desired => desired;

    public PortState? State => state;

    public uint Id => id;

    public Dictionary<FrontendKey, uint> Places { get; } = new(desired.Backends.Count);

    public List<KeyValuePair<uint, Backend>> NewBackends { get; } = [];

    public List<KeyValuePair<uint, Backend>> ChangedBackends { get; } = [];

    public List<KeyValuePair<uint, uint[]>> NewLists { get; } = [];

    /// <summary>Lists that take the place of one that the service has, at its base: no range is theirs to give back.</summary>
    public List<KeyValuePair<uint, uint[]>> Overwritten { get; } = [];

    /// <summary>All that its frontends have.</summary>
    public HashSet<SlotList> Lists { get; } = [];

    public List<KeyValuePair<FrontendKey, Frontend>> Frontends { get; } = [];

    /// <summary>Not to be changed: those that have none share one.</summary>
    public HashSet<SourceRangeKey> SourceRanges { get; } = desired.SourceRanges.Count == 0 ? NoRanges : [.. desired.SourceRanges.Select(r => r.KeyFor(id))];
}
