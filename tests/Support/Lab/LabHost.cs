using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;
using Netweir.Support.Traffic;

namespace Netweir.Support.Lab;

/// <summary>Something with a network namespace of its own: a pod, a node, a client outside, or the world. Servers and clients run in it on threads of this process.</summary>
public abstract class LabHost : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly Lazy<SocketFactory> _sockets;

    protected LabHost(string name, NetworkNamespace ns)
    {
        Name = name;
        Namespace = ns;
        _sockets = new Lazy<SocketFactory>(() => new SocketFactory(InNamespace));
    }

    public string Name { get; }

    public NetworkNamespace Namespace { get; }

    /// <summary>Runs an action on a thread inside the namespace; what loads and servers take.</summary>
    public Action<Action> InNamespace => Namespace.Run;

    internal SocketFactory Sockets => _sockets.Value;

    /// <summary>Answers TCP and UDP with this host's name until the host is disposed.</summary>
    public async Task<EchoServer> ServeAsync(params IPEndPoint[] endpoints)
    {
        var server = await EchoServer.StartAsync(Name, endpoints, InNamespace);
        _servers.Add(server);
        return server;
    }

    /// <summary>Returns all that it receives until the host is disposed; see <see cref="Probe.TransferAsync"/>.</summary>
    public async Task<MirrorServer> MirrorAsync(IPEndPoint endpoint)
    {
        var server = await MirrorServer.StartAsync(endpoint, Sockets);
        _servers.Add(server);
        return server;
    }

    /// <summary>Runs a program in the namespace.</summary>
    public Command Run(params string[] command) => Command.Run(command, Namespace);

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _servers.Clear();
        if (_sockets.IsValueCreated)
        {
            _sockets.Value.Dispose();
        }

        Namespace.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <param name="source">Bound to it before; null: as the kernel chooses.</param>
    internal async Task<Socket> ConnectAsync(IPEndPoint target, SocketType type, CancellationToken cancellationToken, IPEndPoint? source = null)
    {
        var socket = await Sockets.CreateAsync(target.AddressFamily, type, source is null ? null : s => s.Bind(source));
        try
        {
            await socket.ConnectAsync(target, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
