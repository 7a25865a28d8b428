namespace Netweir.Controller.Services;

/// <summary>The maps' sizes in entries.</summary>
internal sealed record ServiceCapacity
{
    public required int Services { get; init; }

    public required int Frontends { get; init; }

    public required int Slots { get; init; }

    public required int Backends { get; init; }

    /// <summary>Null: as large as nw_backends.</summary>
    public int? BackendRefs { get; init; }

    /// <summary>Every backend has an entry in nw_backend_refs, which some share: the smaller of the two maps is the limit.</summary>
    public int Places => Math.Min(Backends, BackendRefs ?? Backends);

    public required int SourceRanges { get; init; }
}
