using Netweir.Bench.Results;

namespace Netweir.Bench.Report;

/// <summary>One metric of a comparison.</summary>
public sealed record Cell(Metric Metric, Ratio? Ratio, double? Floor)
{
    /// <summary>What two runs of the same thing differ by.</summary>
    public double Margin => Metric == Metric.Stream ? 0.06 : 0.03;

    public Verdict Verdict => Ratio is null || Floor is not { } floor ? Verdict.None
        : Ratio.Median >= floor ? Verdict.Held
        : Ratio.Median >= floor - Margin ? Verdict.Near
        : Verdict.Missed;
}
