using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Netweir.Ctl;

/// <summary>JSON as YAML in blocks: each text as JSON quotes it, unless it is a plain word.</summary>
internal static class ManifestYaml
{
    private static readonly string[] s_notText = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];

    public static string Write(JsonObject body)
    {
        var text = new StringBuilder();
        Append(text, body, "");
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonObject body, string indent)
    {
        foreach ((string key, JsonNode? value) in body)
        {
            text.Append(indent).Append(Scalar(key)).Append(':');
            AppendValue(text, value, indent + "  ");
        }
    }

    private static void AppendValue(StringBuilder text, JsonNode? value, string indent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } inner:
                text.Append('\n');
                Append(text, inner, indent);
                break;
            case JsonArray { Count: > 0 } list:
                text.Append('\n');
                foreach (JsonNode? item in list)
                {
                    AppendItem(text, item, indent);
                }

                break;
            default:
                text.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void AppendItem(StringBuilder text, JsonNode? item, string indent)
    {
        if (item is not JsonObject { Count: > 0 } inner)
        {
            text.Append(indent).Append('-');
            AppendValue(text, item, indent + "  ");
            return;
        }

        int start = text.Length + indent.Length;
        Append(text, inner, indent + "  ");
        text[start] = '-';
    }

    private static string Scalar(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue v when v.GetValueKind() == JsonValueKind.String => Scalar(v.ToString()),
        _ => value.ToJsonString(), // numbers, booleans, {} and []
    };

    private static string Scalar(string text) => IsPlain(text) ? text : $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>A letter or slash first, and nothing that YAML 1.1 or 1.2 reads as something else.</summary>
    private static bool IsPlain(string text) => text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] == '/')
        && text[^1] != ':'
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':')
        && !s_notText.Contains(text, StringComparer.OrdinalIgnoreCase);
}
