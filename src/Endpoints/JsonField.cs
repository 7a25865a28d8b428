using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Netweir.Endpoints;

/// <summary>
/// Typed values out of a reader, for what the plugin reads at every ADD: preparing the serializer takes longer than the rest of the call's own work, and a
/// document's rented buffers cost a quarter of a millisecond. Each method takes the reader from where <see cref="Next"/> left it to the end of the value.
/// What has another type is a <see cref="JsonException"/> that names the field.
/// </summary>
public static class JsonField
{
    public delegate T ItemReader<out T>(ref Utf8JsonReader reader, string name);

    /// <exception cref="JsonException">It is not UTF-8, or begins with something else than an object.</exception>
    public static Utf8JsonReader BeginObject(ReadOnlySpan<byte> utf8, string name)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new JsonException("it is not UTF-8");
        }

        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        BeginObject(ref reader, name);
        return reader;
    }

    /// <summary>Before the first <see cref="Next"/> of an object in an object.</summary>
    public static void BeginObject(ref Utf8JsonReader reader, string name) => Expect(ref reader, JsonTokenType.StartObject, name, "an object");

    /// <summary>Goes to the value of the next field; false at the object's end. Of a field that is there twice, the last counts.</summary>
    public static bool Next(ref Utf8JsonReader reader, out string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            name = string.Empty;
            return false;
        }

        name = TryString(ref reader) ?? throw new JsonException("a field's name has half a character (an unpaired surrogate)");
        reader.Read();
        return true;
    }

    /// <exception cref="JsonException">More follows the object.</exception>
    public static void End(ref Utf8JsonReader reader)
    {
        if (reader.Read())
        {
            throw new JsonException("more follows its end");
        }
    }

    public static bool IsNull(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null;

    public static string Text(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String, name, "a text");
        return TryString(ref reader) ?? throw Wrong(ref reader, name, "a text: it has half a character (an unpaired surrogate)");
    }

    public static string? OptionalText(ref Utf8JsonReader reader, string name) => IsNull(ref reader) ? null : Text(ref reader, name);

    public static int Integer(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int number) ? number : throw Wrong(ref reader, name, "a whole number of 32 bits");

    public static int? OptionalInteger(ref Utf8JsonReader reader, string name) => IsNull(ref reader) ? null : Integer(ref reader, name);

    public static IPAddress Address(ref Utf8JsonReader reader, string name) =>
        IPAddress.TryParse(Text(ref reader, name), out IPAddress? address) ? address : throw Wrong(ref reader, name, "an IP address");

    public static IPNetwork Network(ref Utf8JsonReader reader, string name) =>
        IPNetwork.TryParse(Text(ref reader, name), out IPNetwork network)
            ? network
            : throw Wrong(ref reader, name, "a CIDR (address with host bits zero, '/', prefix length)");

    public static List<T> Items<T>(ref Utf8JsonReader reader, string name, ItemReader<T> item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Expect(ref reader, JsonTokenType.StartArray, name, "an array");
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(item(ref reader, $"{name}[{items.Count}]"));
        }

        return items;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string name, string expected)
    {
        if (reader.TokenType != type)
        {
            throw Wrong(ref reader, name, expected);
        }
    }

    /// <summary>Null for a string with half a character (\ud800), which JSON can write and nothing can read.</summary>
    private static string? TryString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonException Wrong(ref Utf8JsonReader reader, string name, string expected) =>
        new($"{name}: {Encoding.UTF8.GetString(reader.ValueSpan)} is not {expected}");
}
