namespace Netweir.Controller.Services;

/// <summary>The maps' sizes in entries. nw_backend_refs is as large as nw_backends and so cannot be full first.</summary>
internal sealed record ServiceCapacity
{
    public required int Services { get; init; }

    public required int Frontends { get; init; }

    public required int Slots { get; init; }

    public required int Backends { get; init; }

    public required int SourceRanges { get; init; }
}
