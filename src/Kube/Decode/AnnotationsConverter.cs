using System.Text.Json;
using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>Reads annotations without the copy of the whole object that kubectl keeps among them.</summary>
internal sealed class AnnotationsConverter : JsonConverter<IReadOnlyDictionary<string, string>>
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    public override IReadOnlyDictionary<string, string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"expected an object of annotations, found {reader.TokenType}");
        }

        Dictionary<string, string>? result = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals(LastApplied))
            {
                reader.Skip();
                continue;
            }

            var key = StringPool.Property(ref reader);
            reader.Read();
            (result ??= [])[key] = StringPool.Value(ref reader) ?? "";
        }

        return result ?? EmptyMap.Instance;
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
