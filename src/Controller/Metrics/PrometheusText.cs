using System.Globalization;
using System.Text;

namespace Netweir.Controller;

/// <summary>The text exposition format 0.0.4 of Prometheus.</summary>
internal static class PrometheusText
{
    /// <summary><c>a="b",c="d"</c>, sorted by name; empty without tags.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }
        var sorted = tags.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var text = new StringBuilder();
        foreach (var (name, value) in sorted)
        {
            text.Append(text.Length > 0 ? "," : "").Append(name.Replace('.', '_').Replace('-', '_')).Append("=\"");
            AppendEscaped(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true);
            text.Append('"');
        }
        return text.ToString();
    }

    public static void Append(StringBuilder text, PrometheusFamily family)
    {
        if (family.Series.Count == 0)
        {
            return;
        }
        text.Append("# HELP ").Append(family.Name).Append(' ');
        AppendEscaped(text, family.Help, quotes: false);
        text.Append("\n# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
        foreach (var (labels, series) in family.Series)
        {
            if (series.Buckets is null)
            {
                AppendSample(text, family.Name, labels, series.Value);
            }
            else
            {
                AppendHistogram(text, family, labels, series, series.Buckets);
            }
        }
    }

    private static void AppendHistogram(StringBuilder text, PrometheusFamily family, string labels, PrometheusSeries series, long[] buckets)
    {
        var below = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            var bound = i < family.Bounds.Count ? Number(family.Bounds[i]) : "+Inf";
            AppendSample(text, family.Name + "_bucket", $"{labels}{(labels.Length > 0 ? "," : "")}le=\"{bound}\"", below);
        }
        AppendSample(text, family.Name + "_sum", labels, series.Value);
        AppendSample(text, family.Name + "_count", labels, series.Count);
    }

    private static void AppendSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static void AppendEscaped(StringBuilder text, string value, bool quotes)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }
}
