namespace Netweir.NodeState;

/// <summary>What became of one thing.</summary>
public enum UninstallOutcome
{
    /// <summary>A dry run: nothing was done.</summary>
    Planned,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>It is as it was before Netweir.</summary>
    Restored,

    /// <summary>It stays, on purpose.</summary>
    Left,

    /// <summary>It should have been undone and is not.</summary>
    Failed,
}
