using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Ctl;

/// <summary>Asks the agent for /healthz. One short HTTP/1.0 request needs no HTTP client.</summary>
internal static class AgentProbe
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    public static AgentHealth Ask(IPEndPoint where, string runDirectory)
    {
        DateTimeOffset? lastWrite = LastWrite(runDirectory);
        try
        {
            string answer = Request(where);
            bool healthy = answer.StartsWith("HTTP/1.", StringComparison.Ordinal) && answer.Contains(" 200 ", StringComparison.Ordinal);
            return new AgentHealth(where.ToString(), healthy, answer, lastWrite);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return new AgentHealth(where.ToString(), false, null, lastWrite);
        }
    }

    private static string Request(IPEndPoint where)
    {
        using var deadline = new CancellationTokenSource(s_timeout);
        using var socket = new Socket(where.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.ConnectAsync(where, deadline.Token).AsTask().GetAwaiter().GetResult();
        socket.SendTimeout = socket.ReceiveTimeout = (int)s_timeout.TotalMilliseconds;
        socket.Send(Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.0\r\nHost: {where}\r\nConnection: close\r\n\r\n"));
        byte[] buffer = new byte[512];
        int length = socket.Receive(buffer);
        return Encoding.ASCII.GetString(buffer, 0, length).Split('\r', '\n')[0];
    }

    private static DateTimeOffset? LastWrite(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return null;
        }

        DateTime[] writes = [.. Directory.EnumerateFiles(directory).Select(File.GetLastWriteTimeUtc)];
        return writes.Length == 0 ? null : new DateTimeOffset(writes.Max(), TimeSpan.Zero);
    }
}
