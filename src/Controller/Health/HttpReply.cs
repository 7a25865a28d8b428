namespace Netweir.Controller;

/// <summary>A small answer; <paramref name="Body"/> is sent as UTF-8.</summary>
internal readonly record struct HttpReply(int Status, string ContentType, string Body)
{
    /// <summary>One further header, or null.</summary>
    public (string Name, string Value)? Header { get; init; }

    public static HttpReply Text(int status, string body) => new(status, "text/plain; charset=utf-8", body);

    public static HttpReply Json(int status, string body) => new(status, "application/json", body);
}
