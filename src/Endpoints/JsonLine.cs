using System.Globalization;
using System.Text;

namespace Netweir.Endpoints;

/// <summary>
/// Writes one JSON value, in the order of the calls. For what the plugin writes at every ADD: preparing the serializer, or the framework's table of characters to
/// escape, takes longer than the rest of the call's own work.
/// </summary>
public sealed class JsonLine
{
    private readonly StringBuilder _text = new(1024);

    public JsonLine BeginObject() => Begin('{');

    public JsonLine EndObject() => End('}');

    public JsonLine BeginArray() => Begin('[');

    public JsonLine EndArray() => End(']');

    /// <summary>Of the value that comes next.</summary>
    public JsonLine Name(string name)
    {
        Separate();
        Quote(name);
        _text.Append(':');
        return this;
    }

    public JsonLine Text(string value)
    {
        Separate();
        Quote(value);
        return this;
    }

    public JsonLine Text(string name, string value) => Name(name).Text(value);

    /// <summary>Nothing when there is no value.</summary>
    public JsonLine OptionalText(string name, string? value) => value is null ? this : Text(name, value);

    public JsonLine Number(string name, ulong value)
    {
        Name(name);
        _text.Append(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    public JsonLine Number(string name, int value)
    {
        Name(name);
        _text.Append(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>UTF-8; half a character becomes U+FFFD.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    private JsonLine Begin(char bracket)
    {
        Separate();
        _text.Append(bracket);
        return this;
    }

    private JsonLine End(char bracket)
    {
        _text.Append(bracket);
        return this;
    }

    /// <summary>A comma, unless this is the first of its object or array, or the value of a name. Texts end with a quotation mark.</summary>
    private void Separate()
    {
        if (_text.Length > 0 && _text[^1] is not ('{' or '[' or ':'))
        {
            _text.Append(',');
        }
    }

    /// <summary>Escapes what JSON must not have in a text (RFC 8259, 7), and nothing else.</summary>
    private void Quote(string value)
    {
        _text.Append('"');
        foreach (char c in value)
        {
            if (c is '"' or '\\')
            {
                _text.Append('\\').Append(c);
            }
            else if (c < ' ')
            {
                _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                _text.Append(c);
            }
        }

        _text.Append('"');
    }
}
