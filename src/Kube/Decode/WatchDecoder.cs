using System.Text.Json;

namespace Netweir.Kube;

/// <summary>Decodes the lines of a watch.</summary>
internal sealed class WatchDecoder<T>(ObjectDecoder<T> objects, string request)
    where T : class, IKubeObject
{
    /// <summary>Null for an event of an unknown type.</summary>
    /// <exception cref="KubeException">An ERROR event, or not an event at all.</exception>
    public WatchEvent<T>? Decode(ReadOnlySpan<byte> line)
    {
        string? type = null;
        ReadOnlySpan<byte> body = default;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("not an object");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.ValueTextEquals("type"u8);
                var isObject = reader.ValueTextEquals("object"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                type = isType ? StringPool.Value(ref reader) : type;
                reader.Skip();
                body = isObject ? line[start..(int)reader.BytesConsumed] : body;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw KubeErrors.Invalid(request, $"a line of the watch is not an event: {e.Message}", e);
        }

        return body.IsEmpty || type is null ? throw KubeErrors.Invalid(request, "a watch event without type or object") : Decode(type, body);
    }

    private WatchEvent<T>? Decode(string type, ReadOnlySpan<byte> body) => type switch
    {
        "ADDED" => Object(WatchEventType.Added, body),
        "MODIFIED" => Object(WatchEventType.Modified, body),
        "DELETED" => Object(WatchEventType.Deleted, body),
        "BOOKMARK" => new WatchEvent<T>(WatchEventType.Bookmark, null, ObjectDecoder<T>.DecodeMeta(body)),
        "ERROR" => throw Error(body),
        _ => null,
    };

    private WatchEvent<T> Object(WatchEventType type, ReadOnlySpan<byte> body)
    {
        if (objects.NotKind(body) is { } other)
        {
            // Without its name: an object of the resource may have the same one.
            objects.Malformed(ObjectDecoder<T>.DecodeMeta(body), other);
            return new WatchEvent<T>(type, null, ObjectMeta.Empty);
        }

        return objects.TryDecode(body, out var obj, out var meta) ? new WatchEvent<T>(type, obj, meta) : new WatchEvent<T>(type, null, meta);
    }

    private KubeException Error(ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, KubeJson.Default.KubeStatus) is { } status)
            {
                return KubeErrors.FromStatus(request, status);
            }
        }
        catch (JsonException e)
        {
            return KubeErrors.Invalid(request, "a watch ERROR event without a Status", e);
        }

        return KubeErrors.Invalid(request, "a watch ERROR event without a Status");
    }
}
