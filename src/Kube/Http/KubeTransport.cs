using System.Net;
using System.Net.Http.Headers;

namespace Netweir.Kube;

/// <summary>Sends single requests: picks the server, authenticates, fails over, renews connections when TLS material rotates.</summary>
internal sealed class KubeTransport(KubeConfig config, KubeClientOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ServerRing _servers = new(config.Servers);
    private readonly CredentialReader _credentials = new(config, incident => options.OnIncident?.Invoke(incident));
    private Transport? _transport;
    private bool _disposed;

    /// <summary>
    /// Tries each server once, going on after a failure to connect, a missing answer or a 5xx. Returns an answer of status 2xx with its
    /// headers read; the caller disposes it. <paramref name="token"/> bounds the whole, each try has the request time-out for its headers.
    /// </summary>
    /// <exception cref="KubeException">Any failure.</exception>
    public async Task<HttpResponseMessage> SendAsync(KubeRequest request, CancellationToken token)
    {
        KubeException? failure = null;
        for (var attempt = 0; attempt < _servers.Count; attempt++)
        {
            var server = _servers.Current;
            try
            {
                return await SendAsync(request, server, token).ConfigureAwait(false);
            }
            catch (KubeException e) when (ConcernsServer(e))
            {
                failure = e;
                _servers.MoveFrom(server);
            }
        }

        throw failure!;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _transport?.Dispose();
            _transport = null;
        }
    }

    private static bool ConcernsServer(KubeException e) => e.Reason
        is KubeErrorReason.Unreachable or KubeErrorReason.Tls or KubeErrorReason.Timeout or KubeErrorReason.ServerError;

    private async Task<HttpResponseMessage> SendAsync(KubeRequest request, Uri server, CancellationToken token)
    {
        var credentials = _credentials.Read();
        var response = await TrySendAsync(request, server, credentials, token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            // The token may have been replaced while the request was on its way.
            var fresh = _credentials.Read();
            if (fresh.Token != credentials.Token || !ReferenceEquals(fresh.Tls, credentials.Tls))
            {
                response.Dispose();
                response = await TrySendAsync(request, server, fresh, token).ConfigureAwait(false);
            }
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw KubeErrors.FromResponse(request, response, await ReadErrorAsync(response, token).ConfigureAwait(false));
        }
    }

    private async Task<HttpResponseMessage> TrySendAsync(KubeRequest request, Uri server, Credentials credentials, CancellationToken token)
    {
        using var deadline = new Deadline(options.RequestTimeout, options.Time, token);
        using var message = CreateMessage(request, server, credentials);
        try
        {
            return await Current(credentials.Tls).SendAsync(message, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // Also the connect time-out, which has a token of its own.
            throw KubeErrors.TimedOut(request.Name, server, deadline.Expired ? options.RequestTimeout : options.ConnectTimeout);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw KubeErrors.FromTransport(request.Name, server, e);
        }
    }

    private HttpRequestMessage CreateMessage(KubeRequest request, Uri server, Credentials credentials)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(server.AbsoluteUri.TrimEnd('/') + request.PathAndQuery))
        {
            Version = server.Scheme == Uri.UriSchemeHttps ? options.HttpVersion : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        // SocketsHttpHandler verifies the certificate against the Host header; a TargetHost in its options is overwritten.
        message.Headers.Host = config.TlsServerName;
        message.Headers.Accept.ParseAdd(request.Accept);
        message.Headers.UserAgent.ParseAdd(options.UserAgent);
        if (credentials.Token is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credentials.Token);
        }

        if (!request.Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        return message;
    }

    private Transport Current(TlsMaterial tls)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_transport is not null && ReferenceEquals(_transport.Tls, tls))
            {
                return _transport;
            }

            _transport?.Dispose();
            return _transport = new Transport(config, options, tls);
        }
    }

    /// <summary>The beginning of an error's body; empty when it does not come.</summary>
    private async Task<byte[]> ReadErrorAsync(HttpResponseMessage response, CancellationToken token)
    {
        using var deadline = new Deadline(options.ConnectTimeout, options.Time, token);
        var body = new byte[16 << 10];
        var length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when ((e is OperationCanceledException && !token.IsCancellationRequested) || e is HttpRequestException or IOException)
        {
            // The status says enough.
        }

        return body[..length];
    }
}
