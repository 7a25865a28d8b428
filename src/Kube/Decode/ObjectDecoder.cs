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
                obj = resource.Keep is null ? obj : resource.Keep(obj);
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

    /// <exception cref="JsonException">Not a list of the resource.</exception>
    public KubeList<T> DecodeList(ReadOnlySpan<byte> json)
    {
        var parser = new ListParser<T>(resource, this);
        parser.Feed(json, final: true);
        return parser.Finish();
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
}
