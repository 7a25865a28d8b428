using System.Globalization;
using System.Text;

namespace Netweir.Support.ApiServer;

/// <summary>One page of a list. Pages after the first read the current objects but carry the first page's version: a watch from it brings what changed since.</summary>
internal static class ListResponse
{
    public static string Create(ApiStore store, ApiRequest request)
    {
        var kind = request.Kind!;
        var selector = Selector.Parse(request.Namespace, request.Query("labelSelector"), request.Query("fieldSelector"));
        _ = int.TryParse(request.Query("limit"), CultureInfo.InvariantCulture, out var limit);
        var (version, after) = Decode(request.Query("continue"));
        if (version > 0)
        {
            store.ThrowIfCompacted(version);
        }

        var (items, remaining, current) = store.List(kind, selector, after, limit);
        version = version > 0 ? version : current;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{{\"kind\":\"{kind.Kind}List\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{version}\"");
        if (remaining > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $",\"continue\":\"{Encode(version, items[^1].Key)}\",\"remainingItemCount\":{remaining}");
        }

        text.Append("},\"items\":[").AppendJoin(',', items.Select(i => Encoding.UTF8.GetString(i.Json))).Append("]}");
        return text.ToString();
    }

    private static string Encode(long version, string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{version} {key}"));

    private static (long Version, string After) Decode(string token)
    {
        if (token.Length == 0)
        {
            return (0, "");
        }

        var parts = Encoding.UTF8.GetString(Convert.FromBase64String(token)).Split(' ', 2);
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
    }
}
