using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Netweir.Support.ApiServer;

/// <summary>Authenticates, spoils or dispatches one request.</summary>
internal sealed class RequestHandler(TestApiServer server, TimeSpan bookmarkInterval) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _watches;

    public int ActiveWatches => Volatile.Read(ref _watches);

    public void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    public async Task HandleAsync(HttpContext http)
    {
        var request = ApiRequest.Parse(http.Request);
        server.Requests.Enqueue(request);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stop.Token);
        try
        {
            if (!server.Authenticates(http.Request.Headers.Authorization.ToString(), http.Connection.ClientCertificate))
            {
                throw new ApiException(401, "Unauthorized", "Unauthorized");
            }

            if (server.Faults.Take(request.Verb, request.Kind?.Plural ?? "") is not { } fault || fault == Fault.None)
            {
                await ServeAsync(http, request, ended.Token);
            }
            else if (!await SpoiledResponse.WriteAsync(http, fault, server.Faults.RetryAfterSeconds, ended.Token))
            {
                http.Abort();
            }
        }
        catch (ApiException e) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, e.Code, e.ToStatus().ToJsonString());
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
    }

    internal static Task WriteAsync(HttpContext http, int code, string json)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    }

    private async Task ServeAsync(HttpContext http, ApiRequest request, CancellationToken token)
    {
        if (request.Path is "/healthz" or "/livez" or "/readyz")
        {
            await http.Response.WriteAsync("ok", token);
            return;
        }

        if (request.Path == "/version")
        {
            await WriteAsync(http, 200, """{"major":"1","minor":"36","gitVersion":"v1.36.0-netweir-test"}""");
            return;
        }

        if (request.Kind is not { } kind || server.Faults.IsAbsent(kind.Plural))
        {
            http.Response.StatusCode = 404;
            await http.Response.WriteAsync("404 page not found\n", token);
            return;
        }

        if (request.Verb == "watch")
        {
            await WatchAsync(http, request, token);
            return;
        }

        if (request.Verb == "list")
        {
            await ListAsync(http, request, token);
            return;
        }

        if (request.Subresource == "log" || request.Subresource.StartsWith("proxy", StringComparison.Ordinal))
        {
            await PodTextAsync(http, request, kind, token);
            return;
        }

        var body = await ReadBodyAsync(http, token);
        var (code, json) = Answer(request, kind, body, http.Request.ContentType ?? "");
        await WriteAsync(http, code, json);
    }

    private async Task ListAsync(HttpContext http, ApiRequest request, CancellationToken token)
    {
        var parts = ListResponse.Create(server.Store, request);
        http.Response.ContentType = "application/json";
        foreach (var part in parts)
        {
            await http.Response.Body.WriteAsync(part, token);
        }
    }

    /// <summary>What a container wrote, or what a pod answers.</summary>
    private async Task PodTextAsync(HttpContext http, ApiRequest request, ApiKind kind, CancellationToken token)
    {
        var colon = request.Name.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? request.Name : request.Name[..colon];
        _ = server.Store.Find(kind, request.Namespace, name);
        var (code, text) = request.Subresource == "log"
            ? server.PodLogs.TryGetValue($"{request.Namespace}/{name}/{request.Query("container")}", out var log) ? (200, log) : (400, "no such container")
            : server.PodPages.TryGetValue($"{request.Namespace}/{request.Name}/{request.Subresource}", out var page) ? page : (503, "no endpoints available");
        http.Response.StatusCode = code;
        await http.Response.WriteAsync(text, token);
    }

    private async Task WatchAsync(HttpContext http, ApiRequest request, CancellationToken token)
    {
        // Before it counts, so that who sees it counted can drop it.
        using var dropped = CancellationTokenSource.CreateLinkedTokenSource(token, server.Faults.Drop);
        Interlocked.Increment(ref _watches);
        try
        {
            await new WatchResponse(server, http, request, bookmarkInterval).RunAsync(dropped.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _watches);
        }
    }

    private (int Code, string Json) Answer(ApiRequest request, ApiKind kind, JsonObject? body, string contentType)
    {
        var store = server.Store;
        switch (request.Verb)
        {
            case "get":
                return (200, Text(store.Find(kind, request.Namespace, request.Name)));
            case "create":
                return (201, Text(store.Write(kind, InNamespace(body, request), WriteMode.Create)));
            case "update":
                return (200, Text(store.Write(kind, InNamespace(body, request), WriteMode.Replace)));
            case "patch":
                return (200, Text(Patch(store, request, kind, body, contentType)));
            default:
                store.Remove(kind, request.Namespace, request.Name);
                RemoveDependents(store, kind, request.Name);
                return (200, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}""");
        }
    }

    /// <summary>A namespace takes along what is in it; at once, which the real server does not.</summary>
    private static void RemoveDependents(ApiStore store, ApiKind kind, string name)
    {
        foreach (var inside in kind.Kind == "Namespace" ? ApiKind.All.Where(k => k.Namespaced) : [])
        {
            foreach (var obj in store.List(inside, Selector.Parse(name, "", ""), "", 0).Items)
            {
                store.Remove(inside, obj.Namespace, obj.Name);
            }
        }
    }

    private static StoredObject Patch(ApiStore store, ApiRequest request, ApiKind kind, JsonObject? body, string contentType)
    {
        if (contentType.Contains("apply-patch+yaml", StringComparison.Ordinal))
        {
            return ServerSideApply.Apply(store, request, kind, body);
        }

        if (!contentType.Contains("merge-patch+json", StringComparison.Ordinal))
        {
            throw new ApiException(415, "UnsupportedMediaType", $"the body is '{contentType}': this server knows merge patches and apply only");
        }

        var target = store.Find(kind, request.Namespace, request.Name).Parse();
        MergePatch.Apply(target, body ?? []);
        target["metadata"]!.AsObject().Remove("resourceVersion");
        return store.Write(kind, target, WriteMode.Replace);
    }

    private static JsonObject InNamespace(JsonObject? body, ApiRequest request)
    {
        var obj = body ?? throw new ApiException(400, "BadRequest", "the request has no body");
        if (request.Namespace.Length > 0 && obj["metadata"] is JsonObject meta)
        {
            meta["namespace"] ??= request.Namespace;
        }

        return obj;
    }

    private static async Task<JsonObject?> ReadBodyAsync(HttpContext http, CancellationToken token)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync(token);
        try
        {
            return text.Length == 0 || http.Request.Method == "DELETE" ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException e)
        {
            throw new ApiException(400, "BadRequest", $"the body is not JSON: {e.Message}");
        }
    }

    private static string Text(StoredObject obj) => Encoding.UTF8.GetString(obj.Json);
}
