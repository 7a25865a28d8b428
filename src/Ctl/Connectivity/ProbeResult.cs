namespace Netweir.Ctl;

/// <summary>What came of a check; a line in the log of the pod that made it.</summary>
internal sealed record ProbeResult
{
    public required int Id { get; init; }

    public required bool Ok { get; init; }

    /// <summary>What was tried: how often, how long.</summary>
    public required string Tried { get; init; }

    public required string Came { get; init; }

    /// <summary>Microseconds from the first packet to the whole answer; 0: nothing was timed.</summary>
    public long P50 { get; init; }

    public long P99 { get; init; }
}
