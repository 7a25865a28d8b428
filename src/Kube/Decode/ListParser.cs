using System.Text.Json;

namespace Netweir.Kube;

/// <summary>
/// Decodes a list as its bytes come, an object at a time: none but the one that is being read need be in memory, and the list may be of any length.
/// </summary>
internal sealed class ListParser<T>(KubeResource<T> resource, ObjectDecoder<T> objects)
    where T : class, IKubeObject
{
    private readonly List<T> _items = [];
    private readonly List<ObjectMeta> _malformed = [];
    private JsonReaderState _state;
    private ListMeta? _meta;
    private Place _place;

    private enum Place
    {
        Start,
        Property,
        Item,
        End,
    }

    /// <summary>Reads as much as is complete. Returns how many bytes that were: the rest is to be given again, with more after it.</summary>
    /// <param name="json">What follows what was read before.</param>
    /// <param name="final">Nothing will follow.</param>
    /// <exception cref="JsonException">Not a list of the resource.</exception>
    public int Feed(ReadOnlySpan<byte> json, bool final)
    {
        var reader = new Utf8JsonReader(json, final, _state);
        var consumed = 0;
        while (Step(json, ref reader))
        {
            (_state, consumed) = (reader.CurrentState, (int)reader.BytesConsumed);
        }

        return consumed;
    }

    /// <exception cref="JsonException">The list is not complete.</exception>
    public KubeList<T> Finish() => new()
    {
        Items = _place == Place.End ? _items : throw new JsonException("the list ends in the middle"),
        Malformed = _malformed,
        ResourceVersion = _meta?.ResourceVersion is { Length: > 0 } version ? version : throw new JsonException("the list has no metadata.resourceVersion"),
        Continue = _meta.Continue ?? "",
    };

    /// <summary>One token of the list itself, or one property or object as a whole. False: it is not all there yet, or nothing is to come.</summary>
    private bool Step(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            return false;
        }

        switch (_place)
        {
            case Place.Start:
                Expect(reader.TokenType, JsonTokenType.StartObject);
                _place = Place.Property;
                return true;
            case Place.Property when reader.TokenType == JsonTokenType.EndObject:
                _place = Place.End;
                return true;
            case Place.Property:
                return Property(json, ref reader);
            case Place.Item when reader.TokenType == JsonTokenType.EndArray:
                _place = Place.Property;
                return true;
            default:
                return Item(json, ref reader);
        }
    }

    private bool Property(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        var (isKind, isMetadata, isItems) = (reader.ValueTextEquals("kind"u8), reader.ValueTextEquals("metadata"u8), reader.ValueTextEquals("items"u8));
        if (!reader.Read())
        {
            return false;
        }

        if (isItems)
        {
            return Items(reader.TokenType);
        }

        if (isKind)
        {
            CheckKind(ref reader);
        }

        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            return false;
        }

        _meta = isMetadata ? JsonSerializer.Deserialize(json[start..(int)reader.BytesConsumed], KubeJson.Default.ListMeta) : _meta;
        return true;
    }

    private bool Items(JsonTokenType type)
    {
        if (type != JsonTokenType.Null)
        {
            _place = type == JsonTokenType.StartArray ? Place.Item : throw new JsonException($"items is {type}, not an array");
        }

        return true;
    }

    private bool Item(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            return false;
        }

        if (objects.TryDecode(json[start..(int)reader.BytesConsumed], out var obj, out var saved))
        {
            _items.Add(obj);
        }
        else
        {
            _malformed.Add(saved);
        }

        return true;
    }

    private void CheckKind(ref Utf8JsonReader reader)
    {
        if (resource.NotKind(reader.TokenType == JsonTokenType.String ? reader.GetString() : $"{reader.TokenType}", "List") is { } other)
        {
            throw new JsonException(other);
        }
    }

    private static void Expect(JsonTokenType found, JsonTokenType expected)
    {
        if (found != expected)
        {
            throw new JsonException($"expected {expected}, found {found}");
        }
    }
}
