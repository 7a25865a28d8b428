using System.Globalization;
using System.Text;
using Netweir.Bench.Results;

namespace Netweir.Bench.Report;

/// <summary>For the terminal.</summary>
public static class TextTable
{
    private const int LabelWidth = 64;
    private const int CellWidth = 25;

    public static string Of(BenchRun run, IReadOnlyList<ComparisonResult> results)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"\n{run.Machine.Date} UTC, commit {run.Machine.Commit}, Linux {run.Machine.Kernel}, {run.Machine.Cpu}, {run.Machine.Cores} cores");
        text.AppendLine(CultureInfo.InvariantCulture, $"{run.Rounds} rounds of {run.SampleMilliseconds} ms; {string.Join("; ", run.Machine.Programs)}");
        text.AppendLine("median [min max]; + floor held, ~ below it by less than runs differ, ! missed");
        foreach (var group in results.GroupBy(r => r.Comparison.Group))
        {
            text.AppendLine($"\n{group.Key,-LabelWidth}{string.Concat(Enum.GetNames<Metric>().Select(m => m.ToUpperInvariant().PadRight(CellWidth)))}".TrimEnd());
            foreach (var result in group)
            {
                text.AppendLine($"{result.Comparison.Label,-LabelWidth}{string.Concat(result.Cells.Select(c => Text(c).PadRight(CellWidth)))}".TrimEnd());
            }
        }

        foreach (var failure in run.Failures)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"FAILED: {failure}");
        }

        return text.ToString().TrimEnd();
    }

    private static string Text(Cell cell) => cell.Ratio is not { } ratio ? "-" : string.Create(
        CultureInfo.InvariantCulture,
        $"{ratio.Median:0.00} [{ratio.Min:0.00} {ratio.Max:0.00}]{Mark(cell)}");

    private static string Mark(Cell cell) => cell.Verdict switch
    {
        Verdict.Held => string.Create(CultureInfo.InvariantCulture, $" + {cell.Floor:0.00}"),
        Verdict.Near => string.Create(CultureInfo.InvariantCulture, $" ~ {cell.Floor:0.00}"),
        Verdict.Missed => string.Create(CultureInfo.InvariantCulture, $" ! {cell.Floor:0.00}"),
        _ => string.Empty,
    };
}
