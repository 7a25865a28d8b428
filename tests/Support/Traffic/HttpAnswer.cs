using System.Net;

namespace Netweir.Support.Traffic;

/// <summary>As much HTTP/1.1 (RFC 9112) as probes and curl need.</summary>
internal static class HttpAnswer
{
    private const int MostHeaders = 100;

    public static bool IsRequest(string line) => line.StartsWith("GET /", StringComparison.Ordinal) && line.Contains(" HTTP/1.", StringComparison.Ordinal);

    /// <summary>Reads the headers and answers; false when the connection ends.</summary>
    public static async Task<bool> AnswerAsync(
        LineSocket lines, string requestLine, string name, IPEndPoint client, CancellationToken cancellationToken)
    {
        var close = requestLine.EndsWith("HTTP/1.0", StringComparison.Ordinal);
        for (var headers = 0; ; headers++)
        {
            var header = await lines.ReadLineAsync(cancellationToken);
            if (header is null || headers == MostHeaders)
            {
                return false;
            }
            if (header.Length == 0)
            {
                break;
            }
            close |= header.StartsWith("connection: close", StringComparison.OrdinalIgnoreCase);
        }
        var body = requestLine.Split(' ')[1].Split('?')[0] switch
        {
            "/hostname" => name,
            "/clientip" => client.ToString(),
            "/healthz" => "ok",
            _ => null,
        };
        await lines.WriteAsync(Response(body, close), cancellationToken);
        return !close;
    }

    private static string Response(string? body, bool close) =>
        $"HTTP/1.1 {(body is null ? "404 Not Found" : "200 OK")}\r\nContent-Type: text/plain\r\nContent-Length: {body?.Length ?? 0}\r\n"
        + (close ? "Connection: close\r\n\r\n" : "\r\n") + body;
}
