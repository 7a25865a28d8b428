using System.Globalization;
using System.Text;
using Netweir.Bench.Results;

namespace Netweir.Bench.Report;

/// <summary>For docs/performance.md.</summary>
public static class MarkdownTable
{
    public static string Of(BenchRun run, IReadOnlyList<ComparisonResult> results)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{run.Machine.Date} UTC, commit {run.Machine.Commit}, Linux {run.Machine.Kernel}, {run.Machine.Cpu}, {run.Machine.Cores} cores; {run.Rounds} rounds of {run.SampleMilliseconds} ms.");
        text.AppendLine(CultureInfo.InvariantCulture, $"{string.Join("; ", run.Machine.Programs)}.");
        foreach (var group in results.GroupBy(r => r.Comparison.Group))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"\n| {group.Key} | {string.Join(" | ", Enum.GetNames<Metric>().Select(m => m.ToUpperInvariant()))} |");
            text.AppendLine($"|---|{string.Concat(Enum.GetNames<Metric>().Select(_ => "---|"))}");
            foreach (var result in group)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {result.Comparison.Label} | {string.Join(" | ", result.Cells.Select(Text))} |");
            }
        }

        return text.ToString();
    }

    private static string Text(Cell cell)
    {
        if (cell.Ratio is not { } ratio)
        {
            return "";
        }

        var figures = string.Create(CultureInfo.InvariantCulture, $"**{ratio.Median:0.00}** {ratio.Min:0.00}–{ratio.Max:0.00}");
        return cell.Verdict switch
        {
            Verdict.Held => string.Create(CultureInfo.InvariantCulture, $"{figures} ✓ {cell.Floor:0.00}"),
            Verdict.Near => string.Create(CultureInfo.InvariantCulture, $"{figures} ~ {cell.Floor:0.00}"),
            Verdict.Missed => string.Create(CultureInfo.InvariantCulture, $"{figures} ✗ {cell.Floor:0.00}"),
            _ => figures,
        };
    }
}
