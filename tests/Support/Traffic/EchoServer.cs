using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Support.Traffic;

/// <summary>
/// TCP and UDP on the same ports. Each TCP line and each datagram is answered by an <see cref="EchoAnswer"/>. HTTP/1.1 `GET` of
/// `/hostname`, `/clientip` (address:port) and `/healthz` works, too, as do the datagrams `hostname` and `clientip`.
/// </summary>
public sealed class EchoServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _loops = [];
    private bool _disposed;
    private long _tcpConnections;
    private long _tcpRequests;
    private long _udpRequests;

    private EchoServer(string name) => Name = name;

    public string Name { get; }

    /// <summary>As bound: tells the port where 0 was asked for.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; private set; } = [];

    public long TcpConnections => Interlocked.Read(ref _tcpConnections);

    public long TcpRequests => Interlocked.Read(ref _tcpRequests);

    public long UdpRequests => Interlocked.Read(ref _udpRequests);

    /// <summary>Listens when it returns.</summary>
    /// <param name="endpoints">
    /// `[::]` also takes IPv4. UDP answers of a wildcard leave with the source address that routing chooses: on hosts with several
    /// addresses give each one.
    /// </param>
    /// <param name="inNamespace">See <see cref="SocketFactory"/>.</param>
    /// <exception cref="SocketException">An address is in use or not there.</exception>
    public static async Task<EchoServer> StartAsync(string name, IReadOnlyList<IPEndPoint> endpoints, Action<Action>? inNamespace = null)
    {
        using var factory = new SocketFactory(inNamespace);
        var server = new EchoServer(name);
        try
        {
            List<IPEndPoint> bound = [];
            foreach (var endpoint in endpoints)
            {
                bound.Add(await server.ListenAsync(factory, endpoint));
            }
            server.Endpoints = bound;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="StartAsync(string, IReadOnlyList{IPEndPoint}, Action{Action}?)"/>
    public static Task<EchoServer> StartAsync(string name, IPEndPoint endpoint, Action<Action>? inNamespace = null) =>
        StartAsync(name, [endpoint], inNamespace);

    /// <summary>Ends listeners and connections; returns when their tasks are done.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        await _stop.CancelAsync();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }
        await Task.WhenAll(_loops);
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    private async Task<IPEndPoint> ListenAsync(SocketFactory factory, IPEndPoint endpoint)
    {
        var tcp = await factory.CreateAsync(endpoint.AddressFamily, SocketType.Stream, socket => Bind(socket, endpoint).Listen(1024));
        _sockets.Add(tcp);
        var bound = (IPEndPoint)tcp.LocalEndPoint!;
        var udp = await factory.CreateAsync(endpoint.AddressFamily, SocketType.Dgram, socket => Bind(socket, bound));
        _sockets.Add(udp);
        _loops.Add(AcceptAsync(tcp));
        _loops.Add(AnswerDatagramsAsync(udp));
        return bound;
    }

    private static Socket Bind(Socket socket, IPEndPoint endpoint)
    {
        if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = endpoint.Address.Equals(IPAddress.IPv6Any);
        }
        socket.Bind(endpoint);
        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _tcpConnections);
                var task = AnswerConnectionAsync(client);
                _connections.TryAdd(task, 0);
                _ = task.ContinueWith(t => _connections.TryRemove(t, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (IsStop(e))
        {
        }
    }

    private async Task AnswerConnectionAsync(Socket socket)
    {
        using var lines = new LineSocket(socket);
        socket.NoDelay = true;
        try
        {
            var client = EchoAnswer.Plain(socket.RemoteEndPoint);
            var open = true;
            while (open && await lines.ReadLineAsync(_stop.Token) is { } line)
            {
                Interlocked.Increment(ref _tcpRequests);
                if (HttpAnswer.IsRequest(line))
                {
                    open = await HttpAnswer.AnswerAsync(lines, line, Name, client, _stop.Token);
                }
                else
                {
                    await lines.WriteAsync(new EchoAnswer(Name, client, line) + "\n", _stop.Token);
                }
            }
        }
        catch (Exception e) when (IsStop(e) || e is SocketException or InvalidDataException)
        {
            // The client reset the connection or spoke nonsense: the connection ends, and the client counts it.
        }
    }

    private async Task AnswerDatagramsAsync(Socket socket)
    {
        var buffer = new byte[65536];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, any, _stop.Token);
                Interlocked.Increment(ref _udpRequests);
                var client = EchoAnswer.Plain(received.RemoteEndPoint);
                var answer = Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes).TrimEnd() switch
                {
                    "hostname" => Name,
                    "clientip" => client.ToString(),
                    var request => new EchoAnswer(Name, client, request).ToString(),
                };
                await SendAsync(socket, answer, received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (IsStop(e))
        {
        }
    }

    private async ValueTask SendAsync(Socket socket, string answer, EndPoint client)
    {
        try
        {
            await socket.SendToAsync(Encoding.ASCII.GetBytes(answer), client, _stop.Token);
        }
        catch (SocketException)
        {
            // No route back: a lost answer, which the client counts.
        }
    }

    private bool IsStop(Exception e) => _stop.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException;
}
