namespace Netweir.Loader;

/// <summary>What an <see cref="ObjectUpgrade"/> has just done; tests end it after each.</summary>
public enum UpgradeStep
{
    /// <summary>The kernel has taken the new programs; nothing knows them yet.</summary>
    Loaded,

    /// <summary>Into maps that nobody uses yet.</summary>
    Copied,

    /// <summary>From here on a crash leaves <see cref="PreviousState.Prepared"/>.</summary>
    PreviousPinned,
    ProgramsPinned,

    /// <summary>Every hook has its new program, which runs the one before.</summary>
    Attached,
    MapsPinned,

    /// <summary>From here on a crash leaves <see cref="PreviousState.TakenOver"/>.</summary>
    TakenOver,
    FlowsCopied,
    PreviousRemoved,

    /// <summary>Programs that know nothing of a migration are pinned; attaching them ends the upgrade.</summary>
    Settled,
}
