using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Netweir.Support.ApiServer;

/// <summary>One running watch.</summary>
internal sealed class WatchResponse(TestApiServer server, HttpContext http, ApiRequest request, TimeSpan bookmarkInterval)
{
    private readonly Selector _selector = Selector.Parse(request.Namespace, request.Query("labelSelector"), request.Query("fieldSelector"));
    private readonly bool _bookmarks = request.Query("allowWatchBookmarks") is "true" or "1";
    private readonly ApiKind _kind = request.Kind!;
    private static readonly byte[] LineEnd = "}\n"u8.ToArray();

    public async Task RunAsync(CancellationToken token)
    {
        var until = Environment.TickCount64 + (TimeoutSeconds() * 1000L);
        var version = await BeginAsync(token);
        var bookmarkAt = Environment.TickCount64 + (long)bookmarkInterval.TotalMilliseconds;
        while (version >= 0 && Environment.TickCount64 < until)
        {
            var (events, current, changed) = server.Store.Since(_kind, version);
            if (server.Faults.WatchesStalled)
            {
                // Asked after reading: what changed after the stall began is never sent.
                await Task.Delay(20, token);
                continue;
            }

            await WriteAsync(events, token);
            version = current;
            if (_bookmarks && Environment.TickCount64 >= bookmarkAt)
            {
                await LineAsync("BOOKMARK", Bookmark(version), token);
                bookmarkAt = Environment.TickCount64 + (long)bookmarkInterval.TotalMilliseconds;
            }

            var wait = Math.Clamp(Math.Min(until, bookmarkAt) - Environment.TickCount64, 1, 100);
            await Task.WhenAny(changed, Task.Delay((int)wait, token));
            token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sends headers and, without a version, the current objects. Returns the version to go on from, or -1 when the watch has ended.</summary>
    private async Task<long> BeginAsync(CancellationToken token)
    {
        _ = long.TryParse(request.Query("resourceVersion"), CultureInfo.InvariantCulture, out var version);
        ApiException? expired = null;
        try
        {
            if (version > 0)
            {
                server.Store.ThrowIfCompacted(version);
            }
        }
        catch (ApiException e) when (server.Faults.GoneAsEvent)
        {
            expired = e;
        }

        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(token);
        await http.Response.Body.FlushAsync(token);
        if (expired is not null)
        {
            await LineAsync("ERROR", expired.ToStatus().ToJsonString(), token);
            return -1;
        }

        if (version > 0)
        {
            return version;
        }

        var (items, _, current) = server.Store.List(_kind, _selector, "", 0);
        foreach (var item in items)
        {
            await LineAsync("ADDED", item.Json, token);
        }

        return current;
    }

    private async Task WriteAsync(IReadOnlyList<StoreEvent> events, CancellationToken token)
    {
        foreach (var change in events)
        {
            var before = change.Before is not null && _selector.Matches(change.Before);
            var after = change.After is not null && _selector.Matches(change.After);
            var type = (before, after) switch
            {
                (false, true) => "ADDED",
                (true, true) => "MODIFIED",
                (true, false) => "DELETED",
                _ => null,
            };
            if (type is not null)
            {
                await LineAsync(type, change.Last.Json, token);
            }
        }
    }

    private Task LineAsync(string type, string json, CancellationToken token) => LineAsync(type, Encoding.UTF8.GetBytes(json), token);

    private async Task LineAsync(string type, ReadOnlyMemory<byte> json, CancellationToken token)
    {
        await http.Response.WriteAsync($$"""{"type":"{{type}}","object":""", token);
        await http.Response.Body.WriteAsync(json, token);
        await http.Response.Body.WriteAsync(LineEnd, token);
        await http.Response.Body.FlushAsync(token);
    }

    private string Bookmark(long version) =>
        $$$"""{"kind":"{{{_kind.Kind}}}","apiVersion":"{{{_kind.ApiVersion}}}","metadata":{"resourceVersion":"{{{version}}}"}}""";

    private int TimeoutSeconds() =>
        int.TryParse(request.Query("timeoutSeconds"), CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : 1800;
}
