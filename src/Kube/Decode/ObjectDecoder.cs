using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Netweir.Kube;

/// <summary>Decodes single objects and whole lists such that one bad object costs only itself.</summary>
internal sealed class ObjectDecoder<T>(KubeResource<T> resource, KubeMetrics metrics, Action<KubeIncident> report)
    where T : class, IKubeObject
{
    /// <summary>False, and <paramref name="saved"/> holds what metadata there is, when the object cannot be read.</summary>
    public bool TryDecode(ReadOnlySpan<byte> json, [NotNullWhen(true)] out T? obj, out ObjectMeta saved)
    {
        try
        {
            obj = JsonSerializer.Deserialize(json, resource.TypeInfo);
            if (obj?.Metadata.Name.Length > 0)
            {
                saved = obj.Metadata;
                return true;
            }

            saved = obj?.Metadata ?? ObjectMeta.Empty;
            Malformed(saved, "it has no metadata.name", null);
        }
        catch (JsonException e)
        {
            saved = DecodeMeta(json);
            Malformed(saved, e.Message, e);
        }

        obj = null;
        return false;
    }

    /// <summary>The metadata alone; empty when even that cannot be read.</summary>
    public static ObjectMeta DecodeMeta(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, KubeJson.Default.PartialObject)?.Metadata ?? ObjectMeta.Empty;
        }
        catch (JsonException)
        {
            return ObjectMeta.Empty;
        }
    }

    /// <exception cref="JsonException">Not a list of the API.</exception>
    public KubeList<T> DecodeList(ReadOnlySpan<byte> json)
    {
        var items = new List<T>();
        var malformed = new List<ObjectMeta>();
        ListMeta? meta = null;
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("kind"u8))
            {
                CheckKind(ref reader);
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                meta = JsonSerializer.Deserialize(ref reader, KubeJson.Default.ListMeta);
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                DecodeItems(json, ref reader, items, malformed);
            }
            else
            {
                reader.Skip();
            }
        }

        return new KubeList<T>
        {
            Items = items,
            Malformed = malformed,
            ResourceVersion = meta?.ResourceVersion is { Length: > 0 } version ? version : throw new JsonException("the list has no metadata.resourceVersion"),
            Continue = meta.Continue ?? "",
        };
    }

    /// <summary>Why an object that says what it is must not be taken for one of the resource; null when it may. Objects in lists say nothing.</summary>
    public string? NotKind(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.ValueTextEquals("kind"u8);
            reader.Read();
            if (isKind)
            {
                return resource.NotKind(reader.TokenType == JsonTokenType.String ? reader.GetString() : $"{reader.TokenType}");
            }

            reader.Skip();
        }

        return null;
    }

    /// <summary>Counts and reports an object that is skipped.</summary>
    public void Malformed(ObjectMeta meta, string why, Exception? e = null)
    {
        metrics.Malformed(resource.Plural);
        var name = meta.Name.Length > 0 ? meta.Key.ToString() : "without a readable name";
        report(new KubeIncident(resource.Plural, "Malformed", $"{resource.Plural} {name} is skipped, it cannot be read: {why}", e));
    }

    /// <exception cref="JsonException">A list of something else.</exception>
    private void CheckKind(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (resource.NotKind(reader.TokenType == JsonTokenType.String ? reader.GetString() : $"{reader.TokenType}", "List") is { } other)
        {
            throw new JsonException(other);
        }
    }

    private void DecodeItems(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, List<T> items, List<ObjectMeta> malformed)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"items is {reader.TokenType}, not an array");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (TryDecode(json[start..(int)reader.BytesConsumed], out var obj, out var saved))
            {
                items.Add(obj);
            }
            else
            {
                malformed.Add(saved);
            }
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"expected {type}");
        }
    }
}
