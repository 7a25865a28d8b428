namespace Netweir.Bench.Report;

/// <summary>A comparison and its figures, a cell a metric.</summary>
public sealed record ComparisonResult(Comparison Comparison, IReadOnlyList<Cell> Cells)
{
    public bool HasFigures => Cells.Any(c => c.Ratio is not null);
}
