using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Controller;

/// <summary>
/// Answers GET and HEAD on a few fixed paths, one request per connection (RFC 9112 with <c>Connection: close</c>). Requests are limited to
/// 8 KiB of header, 5 s and 32 at a time. A handler that throws answers 500.
/// </summary>
internal sealed class HttpServer : IDisposable
{
    private const int MaxHeader = 8192;
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly IReadOnlyDictionary<string, Func<HttpReply>> _handlers;
    private readonly Action<Exception> _onError;
    private readonly SemaphoreSlim _slots = new(32);

    /// <summary>Listens at once. Throws <see cref="SocketException"/> when the address is taken or not this machine's.</summary>
    public HttpServer(IPEndPoint address, IReadOnlyDictionary<string, Func<HttpReply>> handlers, Action<Exception> onError)
    {
        _handlers = handlers;
        _onError = onError;
        _listener = new TcpListener(address);
        if (address.Address.Equals(IPAddress.IPv6Any))
        {
            _listener.Server.DualMode = true;
        }
        _listener.Start();
    }

    /// <summary>With the port that was chosen when 0 was asked for.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                _slots.Release();
                _onError(e);
                await Task.Delay(100, cancellationToken).ConfigureAwait(false);
                continue;
            }
            _ = ServeAsync(socket, cancellationToken);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RequestTime);
        try
        {
            using (socket)
            {
                var head = await ReadHeadAsync(socket, limit.Token).ConfigureAwait(false);
                await SendAsync(socket, Render(head), limit.Token).ConfigureAwait(false);
                socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The client went away or was too slow: nobody is left to be answered.
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>The request up to the empty line, or null when it is too long or ends before.</summary>
    private static async Task<string?> ReadHeadAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxHeader];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
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
        if (!_handlers.TryGetValue(path, out var handler))
        {
            return HttpReply.Text(404, $"served here: {string.Join(' ', _handlers.Keys.Order(StringComparer.Ordinal))}\n");
        }
#pragma warning disable CA1031 // A failing page must not take the others away; the cause is answered and logged.
        try
        {
            return handler();
        }
        catch (Exception e)
        {
            _onError(e);
            return HttpReply.Text(500, e.Message + "\n");
        }
#pragma warning restore CA1031
    }

    private static byte[] Encode(HttpReply reply, bool withBody)
    {
        var body = Encoding.UTF8.GetBytes(reply.Body);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {reply.Status} {Reason(reply.Status)}\r\nContent-Type: {reply.ContentType}\r\nContent-Length: {body.Length}\r\n")
            + "Cache-Control: no-store\r\nConnection: close\r\n\r\n";
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
        _slots.Dispose();
    }
}
