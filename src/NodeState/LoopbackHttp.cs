using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.NodeState;

/// <summary>Short HTTP/1.0 requests to servers of this node need no HTTP client.</summary>
public static class LoopbackHttp
{
    /// <summary>Bytes.</summary>
    public const int LongestAnswer = 8 * 1024 * 1024;

    /// <returns>Status line, headers and body as they came, cut after <see cref="LongestAnswer"/>.</returns>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time.</exception>
    public static string Request(IPEndPoint where, string path, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(where);
        using var deadline = new CancellationTokenSource(timeout);
        using var socket = new Socket(where.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.ConnectAsync(where, deadline.Token).AsTask().GetAwaiter().GetResult();
        socket.SendTimeout = socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
        socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\nHost: {where}\r\nConnection: close\r\n\r\n"));
        byte[] buffer = new byte[64 * 1024];
        using var answer = new MemoryStream();
        while (answer.Length < LongestAnswer && !deadline.IsCancellationRequested && socket.Receive(buffer) is > 0 and var read)
        {
            answer.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }

    /// <summary>What comes after the headers; null when nothing answers.</summary>
    public static string? TryBody(IPEndPoint where, string path, TimeSpan timeout)
    {
        try
        {
            string answer = Request(where, path, timeout);
            int body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return body < 0 ? answer : answer[(body + 4)..];
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
