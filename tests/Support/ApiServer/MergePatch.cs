using System.Text.Json.Nodes;

namespace Netweir.Support.ApiServer;

/// <summary>JSON merge patch (RFC 7386).</summary>
internal static class MergePatch
{
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
            {
                target.Remove(key);
            }
            else if (value is JsonObject nested)
            {
                if (target[key] is not JsonObject inner)
                {
                    target[key] = inner = [];
                }

                Apply(inner, nested);
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }
}
