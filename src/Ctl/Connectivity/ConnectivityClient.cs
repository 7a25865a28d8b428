using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Ctl;

/// <summary>Single questions to a <see cref="ConnectivityServer"/>. Each opens a socket of its own: each is a new flow for the network.</summary>
internal static class ConnectivityClient
{
    private static long s_nonce = Environment.TickCount64;

    /// <summary>IPv4 as IPv4, also where a dual-mode socket saw it.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Who answers, and whom it saw asking.</summary>
    /// <exception cref="SocketException">Refused, unreachable, ...</exception>
    /// <exception cref="OperationCanceledException">No answer in time.</exception>
    /// <exception cref="IOException">Something else answered.</exception>
    public static async Task<(string Name, string Client)> WhoAsync(IPEndPoint target, bool udp, CancellationToken cancellationToken)
    {
        string answer = udp
            ? await AskUdpAsync(target, cancellationToken).ConfigureAwait(false)
            : Encoding.UTF8.GetString(await RequestAsync(target, "GET / HTTP/1.1\r\nHost: test\r\n\r\n", default, cancellationToken).ConfigureAwait(false));
        return answer.Split('\n') is [var name, var client, ..] ? (name, client) : throw new IOException($"an answer of somebody else: '{Shortened(answer)}'");
    }

    /// <summary>Sends a datagram of so many bytes and takes it back.</summary>
    public static async Task<bool> EchoAsync(IPEndPoint target, int size, CancellationToken cancellationToken)
    {
        byte[] question = new byte[size], answer = new byte[65535];
        question.AsSpan().Fill((byte)'n');
        "echo"u8.CopyTo(question);
        using Socket socket = await ConnectAsync(target, SocketType.Dgram, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(question, cancellationToken).ConfigureAwait(false);
        int came = await socket.ReceiveAsync(answer, cancellationToken).ConfigureAwait(false);
        return came == size && answer.AsSpan(4, size - 4).SequenceEqual(question.AsSpan(4)) && answer.AsSpan().StartsWith("ohce"u8);
    }

    /// <summary>The body of the answer of an HTTP request. With <paramref name="body"/>, the request's head must say its length.</summary>
    public static async Task<byte[]> RequestAsync(IPEndPoint target, string head, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using Socket socket = await ConnectAsync(target, SocketType.Stream, cancellationToken).ConfigureAwait(false);
        await SendAsync(socket, Encoding.ASCII.GetBytes(head), cancellationToken).ConfigureAwait(false);
        await SendAsync(socket, body, cancellationToken).ConfigureAwait(false);
        using var all = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        while (await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var came)
        {
            all.Write(buffer, 0, came);
        }

        byte[] answer = all.ToArray();
        int end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        bool ok = end > 0 && answer.AsSpan().StartsWith("HTTP/1.1 200 "u8);
        return ok ? answer[(end + 4)..] : throw new IOException($"an answer of somebody else: '{Shortened(Encoding.ASCII.GetString(answer))}'");
    }

    /// <summary>The first bytes that somebody answers to an HTTP request, as text, whatever they are.</summary>
    public static async Task<string> AnythingAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        using Socket socket = await ConnectAsync(target, SocketType.Stream, cancellationToken).ConfigureAwait(false);
        await SendAsync(socket, "GET / HTTP/1.0\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        int came = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        return came > 0 ? Encoding.ASCII.GetString(buffer, 0, came) : throw new IOException("the connection was closed without an answer");
    }

    /// <summary>Bytes that a download brings within <paramref name="time"/>.</summary>
    public static async Task<long> DownloadAsync(IPEndPoint target, TimeSpan time, CancellationToken cancellationToken)
    {
        using Socket socket = await ConnectAsync(target, SocketType.Stream, cancellationToken).ConfigureAwait(false);
        await SendAsync(socket, Encoding.ASCII.GetBytes("GET /bytes?n=60000000000 HTTP/1.1\r\nHost: test\r\n\r\n"), cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[256 << 10];
        long total = 0, end = Environment.TickCount64 + (long)time.TotalMilliseconds;
        while (Environment.TickCount64 < end && await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var came)
        {
            total += came;
        }

        return total;
    }

    public static async Task<Socket> ConnectAsync(IPEndPoint target, SocketType type, CancellationToken cancellationToken)
    {
        var socket = new Socket(target.AddressFamily, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            if (type == SocketType.Stream)
            {
                socket.NoDelay = true;
            }

            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> AskUdpAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        string nonce = Interlocked.Increment(ref s_nonce).ToString(CultureInfo.InvariantCulture);
        byte[] buffer = new byte[2048];
        using Socket socket = await ConnectAsync(target, SocketType.Dgram, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"who {nonce}"), cancellationToken).ConfigureAwait(false);
        string answer = Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false));
        return answer.StartsWith(nonce + "\n", StringComparison.Ordinal)
            ? answer[(nonce.Length + 1)..]
            : throw new IOException($"an answer to another question: '{Shortened(answer)}'");
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken).ConfigureAwait(false)..];
        }
    }

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "...";
}
