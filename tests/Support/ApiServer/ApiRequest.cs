using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Netweir.Support.ApiServer;

/// <summary>A request as the API sees it, for tests to look at. <paramref name="Verb"/> is list, watch, get, create, update, patch or delete.</summary>
public sealed record ApiRequest(string Verb, ApiKind? Kind, string Namespace, string Name, string Path, string QueryString)
{
    /// <summary><c>status</c>, <c>log</c>, or what is asked of a pod's proxy: <c>proxy/readyz</c>. Else empty.</summary>
    public string Subresource { get; init; } = "";

    public string Query(string key) => QueryHelpers.ParseQuery(QueryString).TryGetValue(key, out var value) ? value.ToString() : "";

    internal static ApiRequest Parse(HttpRequest http)
    {
        var path = http.Path.Value ?? "";
        foreach (var kind in ApiKind.All)
        {
            if (!path.StartsWith(kind.ApiPath + "/", StringComparison.Ordinal))
            {
                continue;
            }

            var parts = path[(kind.ApiPath.Length + 1)..].Split('/');
            var ns = "";
            if (parts is ["namespaces", var named, _, ..] && kind.Namespaced)
            {
                (ns, parts) = (Uri.UnescapeDataString(named), parts[2..]);
            }

            var known = parts[0] == kind.Plural && (parts.Length <= 2 || (parts.Length == 3 && parts[2] is "status" or "log") || parts[2] == "proxy");
            if (known)
            {
                var name = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
                return new ApiRequest(VerbOf(http, name), kind, ns, name, path, http.QueryString.Value ?? "") { Subresource = string.Join('/', parts.Skip(2)) };
            }
        }

        return new ApiRequest(VerbOf(http, path), null, "", "", path, http.QueryString.Value ?? "");
    }

    private static string VerbOf(HttpRequest http, string name) => http.Method switch
    {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => name.Length > 0 ? "get" : http.Query["watch"].ToString() is "true" or "1" ? "watch" : "list",
    };
}
