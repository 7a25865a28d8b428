namespace Netweir.Bench.Report;

/// <summary>The part of a Markdown file that a run writes, between two comments.</summary>
public static class DocsSection
{
    public const string Begin = "<!-- traffic: begin, written by make bench -->";
    public const string End = "<!-- traffic: end -->";

    /// <exception cref="InvalidDataException">The comments are not there, in this order.</exception>
    public static string Replace(string document, string section)
    {
        ArgumentNullException.ThrowIfNull(document);
        var begin = document.IndexOf(Begin, StringComparison.Ordinal);
        var end = document.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? $"{document[..(begin + Begin.Length)]}\n{section.Trim()}\n{document[end..]}"
            : throw new InvalidDataException($"a section between '{Begin}' and '{End}' is needed");
    }
}
