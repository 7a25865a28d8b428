using System.Text.Json;

namespace Netweir.Cni;

internal static class JsonText
{
    /// <summary>Null for what is no string, or one with half a character (\ud800), which JSON can write and nothing can read.</summary>
    public static string? Read(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
