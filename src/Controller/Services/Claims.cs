using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// What of a Service can be programmed: all but the frontends that others have. <paramref name="Notice"/> says which these are, and is null when there
/// are none; <paramref name="Left"/> is null when nothing can be.
/// </summary>
internal sealed record Claims(DesiredService? Left, Refusal? Notice)
{
    /// <summary>Who have frontends of it that are theirs no more.</summary>
    public required IReadOnlyCollection<ObjectKey> Losers { get; init; }

    /// <summary>Those of them that still want such a frontend.</summary>
    public required IReadOnlyCollection<ObjectKey> Displaced { get; init; }
}
