using System.Net;

namespace Netweir.Kube;

/// <summary>Connections made with one generation of TLS material.</summary>
internal sealed class Transport : IDisposable
{
    private readonly HttpMessageInvoker _invoker;

    public Transport(KubeConfig config, KubeClientOptions options, TlsMaterial tls)
    {
        Tls = tls;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            SslOptions = tls.CreateOptions(config),
        });
    }

    public TlsMaterial Tls { get; }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _invoker.SendAsync(request, cancellationToken);

    /// <summary>Closes idle connections; those with a request in flight end with it.</summary>
    public void Dispose() => _invoker.Dispose();
}
