using System.Text.Json.Nodes;

namespace Netweir.Support.ApiServer;

/// <summary>An answer other than success, as the API words it.</summary>
public sealed class ApiException(int code, string reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public JsonObject ToStatus() => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = Message,
        ["reason"] = Reason,
        ["code"] = Code,
    };

    internal static ApiException NotFound(ApiKind kind, string name) => new(404, "NotFound", $"{kind.Plural} \"{name}\" not found");

    internal static ApiException Expired(long asked, long oldest) =>
        new(410, "Expired", $"too old resource version: {asked} ({oldest})");
}
