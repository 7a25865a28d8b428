using System.Globalization;
using System.Text;
using Netweir.Bench.Results;
using Netweir.Bench.Scenarios;

namespace Netweir.Bench.Report;

/// <summary>An SVG of every path's rate over the bare veth's: a column a metric, a bar a path, a line from the smallest to the largest round.</summary>
public static class Chart
{
    private const int LabelWidth = 410;
    private const int ColumnWidth = 190;
    private const int Gap = 24;
    private const int RowHeight = 17;
    private const int Top = 62;
    private const int Bottom = 26;
    private const double MaxRatio = 1.25;

    public static string Of(BenchRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        PathInfo[] rows = [.. run.Paths.Where(p => p.Name != BareScenario.Veth && p.Name != BareScenario.VethIPv6)];
        var width = LabelWidth + Enum.GetValues<Metric>().Length * (ColumnWidth + Gap);
        var height = Top + rows.Length * RowHeight + Bottom;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="#fff"/>""");
        Text(svg, 12, 20, "start", "Rate over a bare veth pair's, one core (higher is better)", "#111", "bold");
        Text(svg, 12, 38, "start", $"{run.Machine.Date} UTC, Linux {run.Machine.Kernel}, {run.Machine.Cpu}, median of {run.Rounds} rounds", "#555");
        foreach (var metric in Enum.GetValues<Metric>())
        {
            Axis(svg, metric, height);
        }

        for (var row = 0; row < rows.Length; row++)
        {
            Row(svg, run, rows[row], Top + row * RowHeight);
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Axis(StringBuilder svg, Metric metric, int height)
    {
        Text(svg, X(metric, 0), Top - 8, "start", metric.ToString().ToUpperInvariant(), "#111", "bold");
        foreach (var tick in (double[])[0, .25, .5, .75, 1])
        {
            var color = tick == 1 ? "#888" : "#ddd";
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line x1="{X(metric, tick):0.#}" x2="{X(metric, tick):0.#}" y1="{Top - 4}" y2="{height - Bottom + 2}" stroke="{color}"/>""");
            Text(svg, X(metric, tick), height - 10, "middle", tick.ToString("0.##", CultureInfo.InvariantCulture), "#555");
        }
    }

    private static void Row(StringBuilder svg, BenchRun run, PathInfo path, int y)
    {
        var color = path.Name.StartsWith("netweir", StringComparison.Ordinal) ? "#2f6fb0" : "#b3b3b3";
        Text(svg, LabelWidth - 8, y + 12, "end", path.Label, "#111");
        foreach (var metric in Enum.GetValues<Metric>())
        {
            var reference = path.Name.EndsWith("-v6", StringComparison.Ordinal) ? BareScenario.VethIPv6 : BareScenario.Veth;
            if (Ratio.Of(run.Samples, metric, path.Name, reference) is not { } ratio)
            {
                continue;
            }

            var (left, right, middle) = (X(metric, 0), X(metric, ratio.Median), y + RowHeight / 2 - 1);
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect x="{left:0.#}" y="{y + 2}" width="{right - left:0.#}" height="{RowHeight - 5}" fill="{color}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line x1="{X(metric, ratio.Min):0.#}" x2="{X(metric, ratio.Max):0.#}" y1="{middle}" y2="{middle}" stroke="#111"/>""");
            Text(svg, left + 4, y + 12, "start", ratio.Median.ToString("0.00", CultureInfo.InvariantCulture), color == "#b3b3b3" ? "#111" : "#fff");
        }
    }

    /// <summary>What is beyond the scale ends at its edge; the number is in the bar.</summary>
    private static double X(Metric metric, double ratio) => LabelWidth + (int)metric * (ColumnWidth + Gap) + Math.Min(ratio, MaxRatio) / MaxRatio * ColumnWidth;

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string color, string weight = "normal") =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" fill="{color}" font-weight="{weight}">{Escape(text)}</text>""");

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
