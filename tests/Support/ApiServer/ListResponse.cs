using System.Globalization;
using System.Text;

namespace Netweir.Support.ApiServer;

/// <summary>One page of a list. Pages after the first read the current objects but carry the first page's version: a watch from it brings what changed since.</summary>
internal static class ListResponse
{
    private static readonly byte[] Comma = [(byte)','];
    private static readonly byte[] End = "]}"u8.ToArray();

    /// <summary>UTF-8, in parts: objects are sent as they are stored.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Create(ApiStore store, ApiRequest request)
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

        var parts = new List<ReadOnlyMemory<byte>>(2 + (2 * items.Count)) { Encoding.UTF8.GetBytes(text.Append("},\"items\":[").ToString()) };
        foreach (var item in items)
        {
            parts.Add(parts.Count > 1 ? Comma : default);
            parts.Add(item.Json);
        }

        parts.Add(End);
        return parts;
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
