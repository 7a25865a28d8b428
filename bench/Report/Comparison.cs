using Netweir.Bench.Results;

namespace Netweir.Bench.Report;

/// <summary>One path over another.</summary>
/// <param name="Group">Heading that it stands below.</param>
/// <param name="Label">What the reader sees.</param>
/// <param name="Path">The one.</param>
/// <param name="Reference">The other.</param>
/// <param name="Floors">What a release keeps, in the metrics' order; empty: nothing is promised; null: not of this metric.</param>
public sealed record Comparison(string Group, string Label, string Path, string Reference, params IReadOnlyList<double?> Floors)
{
    public ComparisonResult Of(BenchRun run) => new(
        this,
        [.. Enum.GetValues<Metric>().Select((m, i) => new Cell(m, Ratio.Of(run.Samples, m, Path, Reference), Floors.ElementAtOrDefault(i)))]);
}
