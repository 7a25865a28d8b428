using System.Text.Json.Nodes;

namespace Netweir.Support.ApiServer;

/// <summary>
/// Server-side apply, as far as one manager is concerned that never gives a field up: makes the object, or writes what is given over it. Lists are replaced
/// as a whole, and ownership of fields is not tracked.
/// </summary>
internal static class ServerSideApply
{
    /// <exception cref="ApiException">As the real server refuses: without a field manager, or for another object than the path names.</exception>
    public static StoredObject Apply(ApiStore store, ApiRequest request, ApiKind kind, JsonObject? body)
    {
        var applied = body ?? throw new ApiException(400, "BadRequest", "the request has no body");
        if (request.Query("fieldManager").Length == 0)
        {
            throw new ApiException(400, "BadRequest", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        }

        var meta = applied["metadata"] as JsonObject ?? [];
        var same = applied["kind"]?.ToString() == kind.Kind && applied["apiVersion"]?.ToString() == kind.ApiVersion
            && meta["name"]?.ToString() == request.Name && (meta["namespace"]?.ToString() ?? "") == request.Namespace;
        if (!same)
        {
            throw new ApiException(400, "BadRequest", $"the object is not the {kind.Kind} '{request.Name}' that the path names");
        }

        var target = store.Get(kind.Plural, request.Namespace, request.Name) ?? [];
        var before = target["spec"]?.DeepClone();
        MergePatch.Apply(target, applied.DeepClone().AsObject());
        var changed = !JsonNode.DeepEquals(before, target["spec"]);
        target["metadata"]!["generation"] = ((long?)target["metadata"]!["generation"] ?? 0) + (changed ? 1 : 0);
        target["metadata"]!.AsObject().Remove("resourceVersion");
        return store.Write(kind, target, WriteMode.Upsert);
    }
}
