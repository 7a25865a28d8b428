namespace Netweir.Bench.Report;

/// <summary>How a ratio stands to its floor.</summary>
public enum Verdict
{
    /// <summary>There is no floor, or no figure.</summary>
    None,

    Held,

    /// <summary>Below it by no more than what a run differs from the next.</summary>
    Near,

    Missed,
}
