using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Ctl;

/// <summary>
/// What the pods of a connectivity test serve. HTTP/1.1, one request a connection: <c>/</c> (name and client, a line each), <c>/hostname</c>,
/// <c>/clientip</c>, <c>/bytes?n=</c>, and POST to <c>/sink</c>, which answers how many bytes came. UDP: see <see cref="UdpEcho"/>.
/// </summary>
internal sealed class ConnectivityServer : IDisposable
{
    private const int MaxHead = 4096;
    private const long MostBytes = 64L << 30;
    private static readonly TimeSpan s_connectionTime = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener;
    private readonly UdpEcho _udp;
    private readonly SemaphoreSlim _room = new(64);
    private readonly string _name;

    /// <summary>Listens at once, for UDP at each address, or at all when none is given.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public ConnectivityServer(string name, int port, IReadOnlyList<IPAddress> addresses)
    {
        _name = name;
        _listener = Listen(port);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _udp = new UdpEcho(name, Port, addresses);
    }

    public int Port { get; }

    /// <summary>Ends by cancellation only.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_udp.RunAsync(cancellationToken), AcceptAsync(cancellationToken));

    public void Dispose()
    {
        _listener.Dispose();
        _udp.Dispose();
        _room.Dispose();
    }

    private static TcpListener Listen(int port)
    {
        var listener = Socket.OSSupportsIPv6 ? new TcpListener(IPAddress.IPv6Any, port) : new TcpListener(IPAddress.Any, port);
        if (Socket.OSSupportsIPv6)
        {
            listener.Server.DualMode = true;
        }

        listener.Start();
        return listener;
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
            Socket socket = await _listener.AcceptSocketAsync(cancellationToken).ConfigureAwait(false);
            _ = ServeAsync(socket, cancellationToken);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_connectionTime);
        try
        {
            socket.NoDelay = true;
            var stream = new NetworkStream(socket, ownsSocket: true);
            await using (stream.ConfigureAwait(false))
            {
                await AnswerAsync(stream, (IPEndPoint)socket.RemoteEndPoint!, limit.Token).ConfigureAwait(false);
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has gone, or was too slow: nobody is left to be answered.
        }
        finally
        {
            socket.Dispose();
            if (!stop.IsCancellationRequested)
            {
                _room.Release();
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, IPEndPoint client, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            (int length, int head) = await ReadHeadAsync(stream, buffer, cancellationToken).ConfigureAwait(false);
            string[] lines = Encoding.ASCII.GetString(buffer, 0, head).Split("\r\n");
            string path = lines[0].Split(' ') is [_, var asked, ..] ? asked : "";
            string name = ConnectivityClient.Plain(client.Address).ToString();
            Task answer = path switch
            {
                "/" => TextAsync(stream, $"{_name}\n{name}\n", cancellationToken),
                "/hostname" => TextAsync(stream, _name, cancellationToken),
                "/clientip" => TextAsync(stream, name, cancellationToken),
                "/sink" => SinkAsync(stream, lines, length - head, buffer, cancellationToken),
                _ when Count(path) is { } count => BytesAsync(stream, count, buffer, cancellationToken),
                _ => SendAsync(stream, 404, "served here: / /hostname /clientip /bytes?n= /sink\n", cancellationToken),
            };
            await answer.ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>How much was read, and how much of it is the head with its empty line.</returns>
    private static async Task<(int Length, int Head)> ReadHeadAsync(NetworkStream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        int length = 0;
        while (length < MaxHead)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                return (length, end + 4);
            }

            if (read == 0)
            {
                break;
            }
        }

        throw new IOException("no HTTP request");
    }

    private static long? Count(string path) =>
        path.StartsWith("/bytes?n=", StringComparison.Ordinal)
        && long.TryParse(path["/bytes?n=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count <= MostBytes ? count : null;

    private static Task TextAsync(NetworkStream stream, string text, CancellationToken cancellationToken) => SendAsync(stream, 200, text, cancellationToken);

    private static async Task SinkAsync(NetworkStream stream, string[] head, int came, byte[] buffer, CancellationToken cancellationToken)
    {
        const string Length = "Content-Length:";
        string? header = Array.Find(head, l => l.StartsWith(Length, StringComparison.OrdinalIgnoreCase));
        _ = long.TryParse(header?[Length.Length..], CultureInfo.InvariantCulture, out long expected);
        long count = came;
        while (count < expected && await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            count += read;
        }

        await TextAsync(stream, count.ToString(CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
    }

    private static async Task BytesAsync(NetworkStream stream, long count, byte[] buffer, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head(200, count)), cancellationToken).ConfigureAwait(false);
        buffer.AsSpan().Fill((byte)'n');
        while (count > 0)
        {
            int part = (int)Math.Min(count, buffer.Length);
            await stream.WriteAsync(buffer.AsMemory(0, part), cancellationToken).ConfigureAwait(false);
            count -= part;
        }
    }

    private static async Task SendAsync(NetworkStream stream, int status, string text, CancellationToken cancellationToken) =>
        await stream.WriteAsync(Encoding.UTF8.GetBytes(Head(status, text.Length) + text), cancellationToken).ConfigureAwait(false);

    private static string Head(int status, long length) => string.Create(
        CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {(status == 200 ? "OK" : "Not Found")}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
}
