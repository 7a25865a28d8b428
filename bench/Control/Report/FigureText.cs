using System.Globalization;
using System.Text;

namespace Netweir.Bench;

/// <summary>Figures as tables, for the terminal and for documents.</summary>
internal static class FigureText
{
    private static readonly string[] Titles = ["", "value", "floor", "goal", ""];

    public static string Table(IReadOnlyList<Figure> figures)
    {
        var text = new StringBuilder();
        foreach (var group in figures.GroupBy(f => f.Group))
        {
            string[][] rows = [[group.Key, .. Titles[1..]], .. group.Select(Row)];
            var widths = Enumerable.Range(0, Titles.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
            text.AppendLine();
            foreach (var row in rows)
            {
                var cells = row.Select((cell, c) => c is 0 or 4 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
                text.Append("  ").AppendLine(string.Join("  ", cells).TrimEnd());
            }
        }

        return text.ToString();
    }

    public static string Markdown(IReadOnlyList<Figure> figures)
    {
        var text = new StringBuilder();
        foreach (var group in figures.GroupBy(f => f.Group))
        {
            text.Append('\n').Append("| ").Append(group.Key).AppendLine(" | value | floor | goal | |").AppendLine("|---|---|---|---|---|");
            foreach (var figure in group)
            {
                text.Append("| ").AppendJoin(" | ", Row(figure)).AppendLine(" |");
            }
        }

        return text.ToString();
    }

    private static string[] Row(Figure figure) =>
        [figure.Name, $"{Number(figure.Value)} {figure.Unit}".TrimEnd(), Number(figure.Floor), Number(figure.Goal), figure.Mark];

    /// <summary>Three digits that count.</summary>
    private static string Number(double? value) => value is not { } number ? "" : number.ToString(
        Math.Abs(number) switch { >= 100 => "0", >= 10 => "0.0", >= 0.1 or 0 => "0.00", _ => "0.0000" }, CultureInfo.InvariantCulture);
}
