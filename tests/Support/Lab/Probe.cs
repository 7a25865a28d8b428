using System.Net;
using System.Net.Sockets;
using System.Text;
using Netweir.Support.Traffic;

namespace Netweir.Support.Lab;

/// <summary>Single exchanges of a <see cref="LabHost"/>. A failure names the way and the reason.</summary>
public static class Probe
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Besides, of what is sent and comes back: 34 Mbit/s are slower than a busy machine, and faster than lost packets that are repeated.</summary>
    private static readonly TimeSpan PerMebibyte = TimeSpan.FromMilliseconds(250);

    /// <summary>Connects to an <see cref="EchoServer"/> and asks once.</summary>
    /// <param name="host">Where from.</param>
    /// <param name="target">Where to.</param>
    /// <param name="source">The client's address and port; null: as the kernel chooses.</param>
    public static Task<EchoAnswer> TcpAsync(this LabHost host, IPEndPoint target, IPEndPoint? source = null) => Guard(host, "TCP", target, async stop =>
    {
        using var socket = await host.ConnectAsync(target, SocketType.Stream, stop, source);
        await socket.SendAsync("?\n"u8.ToArray(), stop);
        var line = await ReadToNewlineAsync(socket, stop);
        return Parse(line, "?");
    });

    /// <summary>Sends one datagram to an <see cref="EchoServer"/>; it is not repeated.</summary>
    /// <param name="host">Where from.</param>
    /// <param name="target">Where to.</param>
    /// <param name="bytes">Of payload; more than the MTU takes is fragmented.</param>
    /// <param name="source">The client's address and port; null: as the kernel chooses.</param>
    public static Task<EchoAnswer> UdpAsync(this LabHost host, IPEndPoint target, int bytes = 1, IPEndPoint? source = null) => Guard(host, "UDP", target, async stop =>
    {
        using var socket = await host.ConnectAsync(target, SocketType.Dgram, stop, source);
        var request = new string('u', bytes);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), stop);
        var buffer = new byte[65536];
        var length = await socket.ReceiveAsync(buffer, stop);
        return Parse(Encoding.ASCII.GetString(buffer, 0, length), request);
    });

    /// <summary>Sends bytes to a <see cref="MirrorServer"/> and compares what returns. Returns the time taken.</summary>
    public static Task<TimeSpan> TransferAsync(this LabHost host, IPEndPoint target, int bytes) => Guard(host, $"{bytes} bytes of TCP", target, async stop =>
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var socket = await host.ConnectAsync(target, SocketType.Stream, stop);
        var sent = new byte[bytes];
        new Random(bytes).NextBytes(sent);
        var sending = SendAllAsync(socket, sent, stop);
        var received = new byte[bytes + 1];
        var count = 0;
        for (int length; (length = await socket.ReceiveAsync(received.AsMemory(count), stop)) > 0;)
        {
            count += length;
        }

        await sending;
        return count == bytes && received.AsSpan(0, count).SequenceEqual(sent)
            ? clock.Elapsed
            : throw new InvalidDataException($"sent {bytes} bytes and got {count} back, which are not the same");
    }, Timeout + PerMebibyte * (bytes / (double)(1 << 20)));

    /// <summary>How connecting fails, or null when it does not.</summary>
    /// <param name="host">Where from.</param>
    /// <param name="target">Where to.</param>
    /// <param name="patience">3 s unless said otherwise.</param>
    /// <param name="source">The client's address and port; null: as the kernel chooses.</param>
    public static async Task<SocketError?> TcpErrorAsync(this LabHost host, IPEndPoint target, TimeSpan? patience = null, IPEndPoint? source = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Timeout);
        try
        {
            using var socket = await host.ConnectAsync(target, SocketType.Stream, timeout.Token, source);
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            return SocketError.TimedOut;
        }
    }

    /// <summary>How a datagram fails (an ICMP error, or silence as <see cref="SocketError.TimedOut"/>), or null when it is answered.</summary>
    /// <param name="host">Where from.</param>
    /// <param name="target">Where to.</param>
    /// <param name="patience">3 s unless said otherwise.</param>
    /// <param name="source">The client's address and port; null: as the kernel chooses.</param>
    /// <param name="bytes">Of payload.</param>
    public static async Task<SocketError?> UdpErrorAsync(
        this LabHost host, IPEndPoint target, TimeSpan? patience = null, IPEndPoint? source = null, int bytes = 1)
    {
        using var timeout = new CancellationTokenSource(patience ?? Timeout);
        try
        {
            using var socket = await host.ConnectAsync(target, SocketType.Dgram, timeout.Token, source);
            await socket.SendAsync(Enumerable.Repeat((byte)'?', bytes).ToArray(), timeout.Token);
            await socket.ReceiveAsync(new byte[65536], timeout.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            return SocketError.TimedOut;
        }
    }

    /// <summary>GET over HTTP/1.1: status code and body.</summary>
    public static async Task<(int Status, string Body)> HttpAsync(this LabHost host, IPEndPoint target, string path)
    {
        var answer = await host.GetAsync(target, path);
        return (answer.Status, answer.Body);
    }

    /// <summary>GET over HTTP/1.1, with the answer's headers.</summary>
    public static Task<HttpResult> GetAsync(this LabHost host, IPEndPoint target, string path) => Guard(host, "HTTP", target, async stop =>
    {
        using var socket = await host.ConnectAsync(target, SocketType.Stream, stop);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\r\n"), stop);
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return HttpResult.Parse(await reader.ReadToEndAsync(stop));
    });

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, stop)..];
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<string> ReadToNewlineAsync(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[1024];
        var count = 0;
        while (count == 0 || buffer[count - 1] != '\n')
        {
            var length = await socket.ReceiveAsync(buffer.AsMemory(count), stop);
            count += length > 0 ? length : throw new InvalidDataException("closed before it answered");
        }

        return Encoding.ASCII.GetString(buffer, 0, count - 1);
    }

    private static EchoAnswer Parse(string text, string request) =>
        EchoAnswer.TryParse(text, out var answer) && answer.Request == request ? answer : throw new InvalidDataException($"answered '{text}'");

    private static async Task<T> Guard<T>(LabHost host, string what, IPEndPoint target, Func<CancellationToken, Task<T>> exchange, TimeSpan? patience = null)
    {
        var limit = patience ?? Timeout;
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            return await exchange(timeout.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or InvalidDataException)
        {
            var reason = e is OperationCanceledException ? $"no answer within {limit.TotalSeconds:0} s" : e.Message;
            throw new LabException($"{what} from {host.Name} to {target}: {reason}", e);
        }
    }
}
