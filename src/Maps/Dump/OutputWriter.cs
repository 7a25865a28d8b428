using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Netweir.Maps;

/// <summary>Documents as text. Ends with a newline, uses only \n, so that golden files compare bytes.</summary>
public static class OutputWriter
{
    public static string Write(OutputDocument document, OutputFormat format)
    {
        ArgumentNullException.ThrowIfNull(document);
        return format switch
        {
            OutputFormat.Json => Json(document),
            OutputFormat.Yaml => Yaml(document),
            _ => Table(document),
        };
    }

    public static string Write(MapTable table, OutputFormat format) => Write(new OutputDocument { Tables = [table] }, format);

    private static string Table(OutputDocument document)
    {
        var text = new StringBuilder();
        int width = document.Facts.Select(f => f.Key.Length).DefaultIfEmpty(0).Max();
        foreach ((string name, Cell value) in document.Facts)
        {
            text.Append(name.Replace('_', ' ').PadRight(width)).Append("  ").Append(Shown(value)).Append('\n');
        }

        bool named = document.Tables.Count > 1 || document.Facts.Count > 0;
        foreach (MapTable table in document.Tables)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(named ? $"{table.Name}\n" : "");
            AppendTable(text, table, named ? "  " : "");
        }

        return text.ToString();
    }

    private static void AppendTable(StringBuilder text, MapTable table, string indent)
    {
        if (table.Rows.Count == 0)
        {
            text.Append(indent).Append("(none)\n");
            return;
        }

        int[] widths = [.. table.Columns.Select((c, i) => Math.Max(c.Length, table.Rows.Max(r => Shown(r[i]).Length)))];
        AppendLine(text, indent, widths, table.Columns.Select(c => c.ToUpperInvariant().Replace('_', ' ')));
        foreach (IReadOnlyList<Cell> row in table.Rows)
        {
            AppendLine(text, indent, widths, row.Select(Shown));
        }
    }

    private static string Shown(Cell cell) => cell.IsEmpty ? "-" : cell.ToString();

    private static void AppendLine(StringBuilder text, string indent, int[] widths, IEnumerable<string> cells)
    {
        string line = string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i])));
        text.Append(indent).Append(line.TrimEnd()).Append('\n');
    }

    private static string Json(OutputDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            foreach ((string name, Cell value) in document.Facts.Where(f => !f.Value.IsEmpty))
            {
                WriteJson(json, name, value);
            }

            foreach (MapTable table in document.Tables)
            {
                json.WriteStartArray(table.Name);
                foreach (IReadOnlyList<Cell> row in table.Rows)
                {
                    WriteJson(json, table.Columns, row);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<string> columns, IReadOnlyList<Cell> row)
    {
        json.WriteStartObject();
        for (int i = 0; i < row.Count; i++)
        {
            if (!row[i].IsEmpty)
            {
                WriteJson(json, columns[i], row[i]);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteJson(Utf8JsonWriter json, string name, Cell value)
    {
        if (value.Number is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, value.ToString());
        }
    }

    private static string Yaml(OutputDocument document)
    {
        var text = new StringBuilder();
        foreach ((string name, Cell value) in document.Facts.Where(f => !f.Value.IsEmpty))
        {
            text.Append(name).Append(": ").Append(YamlScalar.Write(value)).Append('\n');
        }

        foreach (MapTable table in document.Tables)
        {
            text.Append(table.Name).Append(table.Rows.Count == 0 ? ": []\n" : ":\n");
            foreach (IReadOnlyList<Cell> row in table.Rows)
            {
                AppendYaml(text, table.Columns, row);
            }
        }

        return text.ToString();
    }

    private static void AppendYaml(StringBuilder text, IReadOnlyList<string> columns, IReadOnlyList<Cell> row)
    {
        string lead = "- ";
        for (int i = 0; i < row.Count; i++)
        {
            if (!row[i].IsEmpty)
            {
                text.Append(lead).Append(columns[i]).Append(": ").Append(YamlScalar.Write(row[i])).Append('\n');
                lead = "  ";
            }
        }

        text.Append(lead == "- " ? "- {}\n" : "");
    }
}
