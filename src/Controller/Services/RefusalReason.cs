namespace Netweir.Controller.Services;

/// <summary>Why a Service could not be programmed.</summary>
internal enum RefusalReason
{
    None = 0,

    /// <summary>nw_services has no room for its ports.</summary>
    ServicesFull,

    /// <summary>nw_frontends has no room.</summary>
    FrontendsFull,

    /// <summary>nw_backends has no free place.</summary>
    BackendsFull,

    /// <summary>nw_slots has no range that is long enough.</summary>
    SlotsFull,

    /// <summary>nw_source_ranges has no room.</summary>
    SourceRangesFull,

    /// <summary>Another Service has one of its addresses and ports.</summary>
    Conflict,

    /// <summary>The kernel refused a write although there should have been room.</summary>
    WriteFailed,
}
