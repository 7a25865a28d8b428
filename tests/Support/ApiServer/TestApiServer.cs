using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Netweir.Support.ApiServer;

/// <summary>
/// A Kubernetes API server for tests and the demo: real sockets, TLS and watches over the objects of an <see cref="ApiStore"/>. Not
/// checked: schemas, defaults, authorisation. <see cref="Faults"/> makes it misbehave.
/// </summary>
public sealed class TestApiServer : IDisposable
{
    private readonly TestApiServerOptions _options;
    private readonly WebApplication _app;
    private readonly TestAuthority? _ownAuthority;
    private readonly HashSet<string> _tokens = ["test-token"];
    private readonly Lock _lock = new();
    private volatile TestAuthority _serverAuthority;
    private volatile TestAuthority _clientAuthority;
    private volatile X509Certificate2? _certificate;
    private string _token = "test-token";
    private int _disposed;

    private TestApiServer(TestApiServerOptions options, Socket socket)
    {
        _options = options;
        Store = options.Store ?? new ApiStore();
        _serverAuthority = options.Authority ?? (_ownAuthority = new TestAuthority("netweir-test-ca"));
        _clientAuthority = _serverAuthority;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        ReplaceServerCertificate();
        _app = Build(socket);
    }

    public ApiStore Store { get; }

    public Faults Faults { get; } = new();

    /// <summary>Every request so far, in order of arrival, also those that were refused.</summary>
    public ConcurrentQueue<ApiRequest> Requests { get; } = new();

    /// <summary>What containers wrote, by <c>namespace/pod/container</c>.</summary>
    public ConcurrentDictionary<string, string> PodLogs { get; } = new();

    /// <summary>What pods answer to the server's proxy, status and body, by <c>namespace/pod:port/proxy/path</c>.</summary>
    public ConcurrentDictionary<string, (int Code, string Text)> PodPages { get; } = new();

    public IPEndPoint EndPoint { get; }

    public Uri Address => new($"{(_options.PlainHttp ? "http" : "https")}://{EndPoint}");

    /// <summary>PEM of the authority that the server's certificate comes from.</summary>
    public string AuthorityPem => _serverAuthority.Pem;

    /// <summary>A bearer token that is accepted.</summary>
    public string Token
    {
        get
        {
            lock (_lock)
            {
                return _token;
            }
        }
    }

    /// <summary>Watches that are being served.</summary>
    public int ActiveWatches => Handler.ActiveWatches;

    private RequestHandler Handler { get; set; } = null!;

    /// <summary>Binds on the calling thread (its network namespace counts), then serves until disposed.</summary>
    public static TestApiServer Start(TestApiServerOptions? options = null)
    {
        var chosen = options ?? new TestApiServerOptions();
        var server = new TestApiServer(chosen, chosen.BoundSocket ?? Bind(chosen.EndPoint));
        Task.Run(() => server._app.StartAsync()).GetAwaiter().GetResult();
        return server;
    }

    /// <inheritdoc cref="ApiStore.Apply(string)"/>
    public long Apply(string yaml) => Store.Apply(yaml);

    /// <inheritdoc cref="ApiStore.Apply(JsonObject)"/>
    public long Apply(JsonObject obj) => Store.Apply(obj);

    /// <inheritdoc cref="ApiStore.Delete"/>
    public bool Delete(string plural, string ns, string name) => Store.Delete(plural, ns, name);

    /// <summary>Writes a kubeconfig for this server; other files that it needs are written beside it.</summary>
    public void WriteKubeConfig(string path, KubeConfigAuth auth = KubeConfigAuth.Token) =>
        KubeConfigWriter.Write(path, Address, _options.PlainHttp ? null : AuthorityPem, auth, Token, () => _clientAuthority.IssueClient("netweir-agent"));

    /// <summary>Writes <c>token</c>, <c>ca.crt</c> and <c>namespace</c> as Kubernetes mounts them into a pod.</summary>
    public void WriteServiceAccount(string directory, string ns)
    {
        Directory.CreateDirectory(directory);
        KubeConfigWriter.WriteFile(Path.Combine(directory, "token"), Token);
        KubeConfigWriter.WriteFile(Path.Combine(directory, "ca.crt"), AuthorityPem);
        KubeConfigWriter.WriteFile(Path.Combine(directory, "namespace"), ns);
    }

    /// <summary>A client certificate followed by its key, in PEM.</summary>
    public string IssueClientPem() => KubeConfigWriter.PemOf(() => _clientAuthority.IssueClient("netweir-agent"));

    /// <summary>From now on only this token is accepted.</summary>
    public void ReplaceToken(string token)
    {
        lock (_lock)
        {
            _tokens.Clear();
            _tokens.Add(token);
            _token = token;
        }
    }

    /// <summary>A new server certificate from the same authority, for new connections.</summary>
    public void ReplaceServerCertificate() =>
        _certificate = _serverAuthority.IssueServer([EndPoint.Address, .. _options.CertificateAddresses], _options.CertificateNames);

    /// <summary>A new authority and server certificate: new connections fail for clients that trust the old one.</summary>
    public void ReplaceServerAuthority()
    {
        _serverAuthority = new TestAuthority("netweir-test-ca-2");
        ReplaceServerCertificate();
    }

    /// <summary>A new authority for client certificates: those issued before are answered with 401.</summary>
    public void ReplaceClientAuthority() => _clientAuthority = new TestAuthority("netweir-test-client-ca-2");

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Faults.DropWatches();
        Handler.Stop();
        Task.Run(() => _app.StopAsync()).GetAwaiter().GetResult();
        ((IDisposable)_app).Dispose();
        Handler.Dispose();
        Faults.Dispose();
        _ownAuthority?.Dispose();
    }

    internal bool Authenticates(string authorization, X509Certificate2? certificate)
    {
        if (_options.AllowAnonymous || (certificate is not null && _clientAuthority.Signed(certificate)))
        {
            return true;
        }

        lock (_lock)
        {
            return authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.Contains(authorization["Bearer ".Length..]);
        }
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private WebApplication Build(Socket socket)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(o => o.CreateBoundListenSocket = _ => socket);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(EndPoint, listen => ConfigureListener(listen));
        });
        var app = builder.Build();
        Handler = new RequestHandler(this, _options.BookmarkInterval);
        app.Run(Handler.HandleAsync);
        return app;
    }

    private void ConfigureListener(ListenOptions listen)
    {
        if (_options.PlainHttp)
        {
            listen.Protocols = HttpProtocols.Http1;
            return;
        }

        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(https =>
        {
            https.ServerCertificateSelector = (_, _) => _certificate;
            https.ClientCertificateMode = Microsoft.AspNetCore.Server.Kestrel.Https.ClientCertificateMode.AllowCertificate;
            // As the API server does: any certificate is taken, and judged per request.
            https.AllowAnyClientCertificate();
        });
    }
}
