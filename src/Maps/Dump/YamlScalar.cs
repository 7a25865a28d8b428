using System.Globalization;
using System.Text.Json;

namespace Netweir.Maps;

/// <summary>A value as YAML 1.2, and such that YAML 1.1 readers see the same: what could be taken for something else is quoted.</summary>
internal static class YamlScalar
{
    private static readonly string[] s_words = ["yes", "no", "on", "off", "true", "false", "null", "y", "n", "~"];

    public static string Write(Cell cell)
    {
        string text = cell.ToString();
        return cell.Number is not null || IsPlain(text) ? text : $"\"{JsonEncodedText.Encode(text)}\"";
    }

    private static bool IsPlain(string text) =>
        text.Length > 0
        && char.IsAsciiLetter(text[0])
        && text[^1] != ':'
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
        && !s_words.Contains(text, StringComparer.OrdinalIgnoreCase)
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        && !text.Contains(": ", StringComparison.Ordinal);
}
