using System.Text.Json;

namespace Netweir.Kube;

/// <summary>
/// Shares the strings that repeat across objects (labels, node names, namespaces). A direct-mapped cache of fixed size: a collision
/// replaces, so that it neither grows nor leaks, and racing writers can only lose sharing, never correctness.
/// </summary>
internal static class StringPool
{
    private const int MaxLength = 128;
    private static readonly string?[] Slots = new string?[8192];

    public static string? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => Property(ref reader),
        _ => throw new JsonException($"expected a string, found {reader.TokenType}"),
    };

    public static string Property(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueSpan.Length > MaxLength)
        {
            return reader.GetString()!;
        }

        Span<char> text = stackalloc char[MaxLength];
        return Share(text[..reader.CopyString(text)]);
    }

    public static string Share(ReadOnlySpan<char> text)
    {
        ref var slot = ref Slots[string.GetHashCode(text) & (Slots.Length - 1)];
        var known = Volatile.Read(ref slot);
        if (known is not null && text.SequenceEqual(known))
        {
            return known;
        }

        var fresh = text.ToString();
        Volatile.Write(ref slot, fresh);
        return fresh;
    }
}
