using System.Net;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace Netweir.Kube;

/// <summary>Turns failures into <see cref="KubeException"/>s with a cause and a remedy.</summary>
internal static class KubeErrors
{
    private const int MaxQuoted = 300;

    public static KubeException FromTransport(string request, Uri server, Exception e)
    {
        if (e is HttpRequestException { InnerException: AuthenticationException tls })
        {
            var cause = tls.InnerException is null ? tls.Message : $"{tls.Message} {tls.InnerException.Message}";
            return new KubeException(
                KubeErrorReason.Tls,
                $"{request} at {server}: TLS handshake failed: {cause}; check certificate-authority, the client certificate's validity and tls-server-name",
                e);
        }

        return new KubeException(
            KubeErrorReason.Unreachable,
            $"{request} at {server}: {e.Message}{(e.InnerException is null ? "" : " " + e.InnerException.Message)}; check the address and that the API server runs",
            e);
    }

    public static KubeException TimedOut(string request, Uri server, TimeSpan limit) => new(
        KubeErrorReason.Timeout, $"{request} at {server}: no answer within {limit.TotalSeconds:0.#} s; check the API server's load and the network");

    /// <summary>What went wrong while a body was read, or null for what is not the network's fault (the caller cancelled, a bug).</summary>
    public static KubeException? FromBody(string request, Exception e, bool expired, CancellationToken caller) => e switch
    {
        OperationCanceledException when caller.IsCancellationRequested => null,
        OperationCanceledException when expired =>
            new KubeException(KubeErrorReason.Timeout, $"{request}: the stream stalled; it is asked for again", e),
        IOException or HttpRequestException or OperationCanceledException =>
            new KubeException(KubeErrorReason.Disconnected, $"{request}: the stream broke: {e.Message}; it is asked for again", e),
        InvalidDataException => Invalid(request, e.Message, e),
        _ => null,
    };

    public static KubeException Invalid(string request, string why, Exception? e = null) => new(
        KubeErrorReason.InvalidResponse, $"{request}: the answer is not what the API returns: {why}; check that the address is an API server's", e);

    public static KubeException FromResponse(KubeRequest request, HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        var status = TryParse(body);
        var retry = response.Headers.RetryAfter?.Delta;
        return Create(request.Name, request.OneObject, (int)response.StatusCode, status, retry, Quote(body), Encoding.UTF8.GetString(body), request.Rule);
    }

    public static KubeException FromStatus(string request, KubeStatus status) =>
        Create(request, false, status.Code, status, null, status.Message ?? status.Reason ?? "no message", "");

    private static KubeException Create(
        string request, bool oneObject, int code, KubeStatus? status, TimeSpan? retryAfter, string fallback, string answer, string? rule = null)
    {
        var reason = Classify(code, oneObject, status);
        var seconds = status?.Details?.RetryAfterSeconds ?? 0;
        var message = status?.Message is { Length: > 0 } text ? text : fallback;
        return new KubeException(reason, $"{request}: {code} {status?.Reason ?? ((HttpStatusCode)code).ToString()}: {message}; {Remedy(reason, rule)}")
        {
            StatusCode = code,
            StatusReason = status?.Reason,
            Answer = answer,
            RetryAfter = retryAfter ?? (seconds > 0 ? TimeSpan.FromSeconds(seconds) : null),
        };
    }

    private static KubeErrorReason Classify(int code, bool oneObject, KubeStatus? status)
    {
        if (status?.Details?.Causes?.Any(c => c?.Reason == "ResourceVersionTooLarge") == true)
        {
            return KubeErrorReason.ResourceVersionTooLarge;
        }

        return code switch
        {
            401 => KubeErrorReason.Unauthorized,
            403 => KubeErrorReason.Forbidden,
            404 => oneObject && status is not null ? KubeErrorReason.NotFound : KubeErrorReason.ResourceAbsent,
            409 when status?.Reason == "AlreadyExists" => KubeErrorReason.AlreadyExists,
            410 => KubeErrorReason.Gone,
            429 => KubeErrorReason.TooManyRequests,
            >= 500 => KubeErrorReason.ServerError,
            _ => status?.Reason is "Expired" or "Gone" ? KubeErrorReason.Gone : KubeErrorReason.Rejected,
        };
    }

    private static string Remedy(KubeErrorReason reason, string? rule) => reason switch
    {
        KubeErrorReason.Unauthorized => "the token or client certificate is not accepted (expired?): it is read again for every request",
        KubeErrorReason.Forbidden => $"grant it to the identity that asked, the agent's in its ClusterRole: {rule ?? "that verb on it"}; see also that a binding gives it the role",
        KubeErrorReason.ResourceAbsent => "this API server does not serve the resource",
        KubeErrorReason.NotFound => "create it, or correct the name",
        KubeErrorReason.AlreadyExists => "patch it, or choose another name",
        KubeErrorReason.Gone => "list again",
        KubeErrorReason.ResourceVersionTooLarge => "list again once the server has caught up",
        KubeErrorReason.TooManyRequests => "retry when the server says; see its priority and fairness settings if it lasts",
        KubeErrorReason.ServerError => "see the API server's log if it lasts",
        _ => "see the API server's log",
    };

    private static KubeStatus? TryParse(ReadOnlySpan<byte> body)
    {
        try
        {
            var status = JsonSerializer.Deserialize(body, KubeJson.Default.KubeStatus);
            return status?.Kind == "Status" ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Quote(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxQuoted)]).ReplaceLineEndings(" ").Trim();
        return text.Length > 0 ? text : "no body";
    }
}
