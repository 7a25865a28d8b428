using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Ctl;

/// <summary>
/// Answers <c>who NONCE</c> with <c>NONCE\nNAME\nCLIENT</c>, and <c>echo...</c> with the same datagram whose beginning is <c>ohce</c>: no answer is a
/// question again, so two of these can never keep each other busy.
/// </summary>
internal sealed class UdpEcho : IDisposable
{
    private const int LargestDatagram = 65535;
    private readonly string _name;
    private readonly List<Socket> _sockets = [];

    public UdpEcho(string name, int port, IReadOnlyList<IPAddress> addresses)
    {
        _name = name;
        IPAddress all = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        try
        {
            // A socket each: an answer must come from the address that was asked.
            foreach (IPAddress address in addresses.Count > 0 ? addresses : [all])
            {
                var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                _sockets.Add(socket);
                if (address.Equals(IPAddress.IPv6Any))
                {
                    socket.DualMode = true;
                }

                socket.Bind(new IPEndPoint(address, port));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(_sockets.Select(s => RunAsync(s, cancellationToken)));

    public void Dispose() => _sockets.ForEach(s => s.Dispose());

    private async Task RunAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[LargestDatagram];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                SocketReceiveFromResult came = await socket.ReceiveFromAsync(buffer, any, cancellationToken).ConfigureAwait(false);
                if (Answer(buffer.AsMemory(0, came.ReceivedBytes), (IPEndPoint)came.RemoteEndPoint) is { Length: > 0 } answer)
                {
                    await socket.SendToAsync(answer, came.RemoteEndPoint, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (SocketException)
            {
                // About a client that has gone, or has no way back: the next one is answered.
            }
        }
    }

    private ReadOnlyMemory<byte> Answer(Memory<byte> question, IPEndPoint client)
    {
        if (question.Span.StartsWith("who "u8))
        {
            string nonce = Encoding.ASCII.GetString(question.Span[4..]);
            return Encoding.ASCII.GetBytes($"{nonce}\n{_name}\n{ConnectivityClient.Plain(client.Address)}");
        }

        if (!question.Span.StartsWith("echo"u8))
        {
            return default;
        }

        "ohce"u8.CopyTo(question.Span);
        return question;
    }
}
