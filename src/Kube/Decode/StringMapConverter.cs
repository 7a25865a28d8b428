using System.Text.Json;
using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>Labels and the like: as a rule a handful.</summary>
internal abstract class StringMapConverter(string? passedOver) : JsonConverter<IReadOnlyDictionary<string, string>>
{
    /// <summary>More than this are looked up by hash.</summary>
    private const int Few = 16;

    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"expected an object of strings, found {reader.TokenType}");
        }

        Dictionary<string, string>? result = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (passedOver is not null && reader.ValueTextEquals(passedOver))
            {
                reader.Skip();
                continue;
            }

            var key = StringPool.Property(ref reader);
            reader.Read();
            (result ??= [])[key] = StringPool.Value(ref reader) ?? "";
        }

        return result is null ? EmptyMap.Instance : result.Count > Few ? result : new SmallMap([.. result]);
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, text) in value)
        {
            writer.WriteString(key, text);
        }

        writer.WriteEndObject();
    }
}
