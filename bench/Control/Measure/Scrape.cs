using System.Globalization;

namespace Netweir.Bench;

/// <summary>A page of metrics in Prometheus' text format.</summary>
internal sealed class Scrape(string text)
{
    /// <summary>The sum of a metric's series whose labels contain <paramref name="label"/>.</summary>
    public double Sum(string name, string label = "") => text.Split('\n')
        .Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && l[name.Length] is '{' or ' ' && l.Contains(label, StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
