namespace Netweir.Support.Lab;

/// <summary>An answer over HTTP/1.1 whose connection was closed after it.</summary>
/// <param name="Headers">Names compare without case.</param>
public sealed record HttpResult(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    internal static HttpResult Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0 || text.Split(' ') is not [_, var status, ..] || !int.TryParse(status, out var code))
        {
            throw new InvalidDataException($"answered '{text}', which is no HTTP");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text[..end].Split("\r\n").Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new HttpResult(code, headers, text[(end + 4)..]);
    }
}
