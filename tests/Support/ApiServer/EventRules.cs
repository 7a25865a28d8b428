using System.Globalization;
using System.Text.Json.Nodes;

namespace Netweir.Support.ApiServer;

/// <summary>What the real server demands of an events.k8s.io/v1 Event (upstream: pkg/apis/core/validation/events.go).</summary>
internal static class EventRules
{
    private static readonly string[] Immutable =
        ["regarding", "related", "reason", "note", "type", "eventTime", "action", "reportingController", "reportingInstance"];

    /// <exception cref="ApiException">422, naming what is wrong.</exception>
    public static void Check(ApiKind kind, JsonObject obj, JsonObject? before)
    {
        if (kind.ApiPath != "/apis/events.k8s.io/v1")
        {
            return;
        }

        string[] problems = [.. before is null ? Creation(obj) : Update(obj, before), .. Series(obj)];
        if (problems.Length > 0)
        {
            throw new ApiException(422, "Invalid", $"Event.events.k8s.io is invalid: {string.Join(", ", problems)}");
        }
    }

    private static IEnumerable<string> Creation(JsonObject obj)
    {
        var ns = Text(obj["metadata"]?["namespace"]);
        var regarding = Text(obj["regarding"]?["namespace"]);
        if (regarding.Length == 0 ? ns is not ("default" or "kube-system") : ns != regarding)
        {
            yield return "involvedObject.namespace: does not match event.namespace";
        }

        foreach (var field in (string[])["reportingController", "reportingInstance", "action", "reason"])
        {
            if (Text(obj[field]).Length is 0 or > 128)
            {
                yield return $"{field}: Required value of at most 128 characters";
            }
        }

        if (System.Text.Encoding.UTF8.GetByteCount(Text(obj["note"])) > 1024)
        {
            yield return "message: can have at most 1024 characters";
        }

        if (!IsMicroTime(obj["eventTime"]))
        {
            yield return "eventTime: Required value";
        }

        if (Text(obj["type"]) is not ("Normal" or "Warning"))
        {
            yield return "type: has invalid value";
        }
    }

    private static IEnumerable<string> Update(JsonObject obj, JsonObject before) =>
        Immutable.Where(f => !JsonNode.DeepEquals(obj[f], before[f])).Select(f => $"{f}: field is immutable");

    private static IEnumerable<string> Series(JsonObject obj)
    {
        if (obj["series"] is JsonObject series)
        {
            if ((series["count"]?.GetValue<int>() ?? 0) < 2)
            {
                yield return "series.count: should be at least 2";
            }

            if (!IsMicroTime(series["lastObservedTime"]))
            {
                yield return "series.lastObservedTime: Required value";
            }
        }
    }

    private static bool IsMicroTime(JsonNode? node) => DateTimeOffset.TryParseExact(
        Text(node), "yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
