using System.Text.Json.Nodes;

namespace Netweir.Support.ApiServer;

/// <summary>One state of an object: its bytes, and what selectors look at.</summary>
internal sealed record StoredObject(
    string Namespace, string Name, long Version, byte[] Json, IReadOnlyDictionary<string, string> Labels, string NodeName, string ClusterIP)
{
    public string Key => $"{Namespace}/{Name}";

    public static StoredObject Create(JsonObject obj, long version)
    {
        var meta = obj["metadata"] as JsonObject ?? [];
        var spec = obj["spec"] as JsonObject;
        return new StoredObject(
            Text(meta["namespace"]), Text(meta["name"]), version, System.Text.Encoding.UTF8.GetBytes(obj.ToJsonString()),
            (meta["labels"] as JsonObject ?? []).ToDictionary(p => p.Key, p => Text(p.Value), StringComparer.Ordinal),
            Text(spec?["nodeName"]), Text(spec?["clusterIP"]));
    }

    public JsonObject Parse() => JsonNode.Parse(Json)!.AsObject();

    private static string Text(JsonNode? node) => node is JsonValue value ? value.ToString() : "";
}
