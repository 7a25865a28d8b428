using System.Net;
using System.Net.Sockets;

namespace Netweir.Support.ApiServer;

/// <summary>Every part is optional.</summary>
public sealed record TestApiServerOptions
{
    public IPEndPoint EndPoint { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>
    /// A bound TCP socket that is used instead of <see cref="EndPoint"/>; the server owns it from then on. Without it the socket is
    /// made and bound on the thread that calls <see cref="TestApiServer.Start"/>, so in that thread's network namespace.
    /// </summary>
    public Socket? BoundSocket { get; init; }

    /// <summary>http instead of https.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Objects shared with another server; null: its own.</summary>
    public ApiStore? Store { get; init; }

    /// <summary>Authority shared with another server; null: its own. The server does not dispose a shared one.</summary>
    public TestAuthority? Authority { get; init; }

    /// <summary>Further addresses that the server's certificate carries.</summary>
    public IReadOnlyList<IPAddress> CertificateAddresses { get; init; } = [];

    public IReadOnlyList<string> CertificateNames { get; init; } = ["localhost", "kubernetes.default.svc"];

    /// <summary>Serves clients without credentials.</summary>
    public bool AllowAnonymous { get; init; }

    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(1);
}
