using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Controller;

/// <summary>
/// Answers GET and HEAD, one request per connection (RFC 9112 with <c>Connection: close</c>). Requests are limited to 8 KiB of header, 5 s and 32
/// at a time. A handler that throws answers 500.
/// </summary>
internal sealed class HttpServer : IDisposable
{
    private const int MaxHeader = 8192;
    private const int MostConnections = 32;
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly IPAddress _asked;
    private readonly Func<string, HttpReply> _handler;
    private readonly Action<Exception> _onError;
    private readonly HttpConnections _connections = new(MostConnections);

    /// <summary>Serves these paths, and 404 for others. Else as the other constructor.</summary>
    public HttpServer(IPEndPoint address, IReadOnlyDictionary<string, Func<HttpReply>> pages, Action<Exception> onError)
        : this(address, path => Page(pages, path), onError)
    {
    }

    /// <summary>
    /// Serves every path, which comes without its query. 0.0.0.0 and [::] are all addresses of both families, of IPv4 where there is no IPv6.
    /// Listens at once. Throws <see cref="SocketException"/> when the address is taken or not this machine's.
    /// </summary>
    public HttpServer(IPEndPoint address, Func<string, HttpReply> handler, Action<Exception> onError)
    {
        (_asked, _handler, _onError) = (address.Address, handler, onError);
        _listener = Listen(address);
    }

    /// <summary>With the port that was chosen when 0 was asked for.</summary>
    public IPEndPoint Address => new(_asked, ((IPEndPoint)_listener.LocalEndpoint).Port);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                _onError(e);
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
                continue;
            }
            _ = ServeAsync(socket, cancellationToken);
        }
    }

    private static TcpListener Listen(IPEndPoint address)
    {
        if (!address.Address.Equals(IPAddress.Any) && !address.Address.Equals(IPAddress.IPv6Any))
        {
            return Start(new TcpListener(address));
        }
        try
        {
            var both = new TcpListener(IPAddress.IPv6Any, address.Port);
            both.Server.DualMode = true;
            return Start(both);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable or SocketError.ProtocolNotSupported)
        {
            return Start(new TcpListener(IPAddress.Any, address.Port));
        }
    }

    /// <summary>The runtime sets SO_REUSEADDR on Linux: connections of an earlier process in TIME_WAIT are no obstacle, a listener is.</summary>
    private static TcpListener Start(TcpListener listener)
    {
        try
        {
            listener.Start();
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        var connection = _connections.Add(socket);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RequestTime);
        try
        {
            var head = await ReadHeadAsync(socket, limit.Token).ConfigureAwait(false);
            await SendAsync(socket, Render(head), limit.Token).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, was too slow or had to make room: nobody is left to be answered.
        }
        finally
        {
            _connections.Remove(connection);
        }
    }

    /// <summary>The request up to the empty line, or null when it is too long or ends before.</summary>
    private static async Task<string?> ReadHeadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxHeader);
        try
        {
            var length = 0;
            while (length < MaxHeader)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length, MaxHeader - length), cancellationToken).ConfigureAwait(false);
                length += read;
                if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) >= 0)
                {
                    return Encoding.ASCII.GetString(buffer, 0, length);
                }
                if (read == 0)
                {
                    return null;
                }
            }
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private byte[] Render(string? head)
    {
        var words = head?.Split("\r\n", 2)[0].Split(' ') ?? [];
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
        {
            return Encode(HttpReply.Text(400, "not an HTTP/1.1 request\n"), withBody: true);
        }
        var withBody = words[0] == "GET";
        if (!withBody && words[0] != "HEAD")
        {
            return Encode(HttpReply.Text(405, "only GET and HEAD are served\n"), withBody: true);
        }
        return Encode(Handle(words[1].Split('?')[0]), withBody);
    }

    private HttpReply Handle(string path)
    {
#pragma warning disable CA1031 // A failing page must not take the others away; the cause is answered and logged.
        try
        {
            return _handler(path);
        }
        catch (Exception e)
        {
            _onError(e);
            return HttpReply.Text(500, e.Message + "\n");
        }
#pragma warning restore CA1031
    }

    private static HttpReply Page(IReadOnlyDictionary<string, Func<HttpReply>> pages, string path) => pages.TryGetValue(path, out var page)
        ? page()
        : HttpReply.Text(404, $"served here: {string.Join(' ', pages.Keys.Order(StringComparer.Ordinal))}\n");

    private static byte[] Encode(HttpReply reply, bool withBody)
    {
        var body = Encoding.UTF8.GetBytes(reply.Body);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {reply.Status} {Reason(reply.Status)}\r\nContent-Type: {reply.ContentType}\r\nContent-Length: {body.Length}\r\n")
            + (reply.Header is { } header ? $"{header.Name}: {header.Value}\r\n" : "")
            + "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
        return withBody ? [.. Encoding.ASCII.GetBytes(head), .. body] : Encoding.ASCII.GetBytes(head);
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken).ConfigureAwait(false)..];
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _connections.Dispose();
    }
}
