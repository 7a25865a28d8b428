using System.Net.Sockets;
using System.Text;

namespace Netweir.Support.Traffic;

/// <summary>The socket is connected, so answers from another address than the target's are lost answers.</summary>
internal sealed class UdpLoadClient(SocketFactory sockets, LoadOptions options) : ILoadClient
{
    private readonly byte[] _buffer = new byte[65536];
    private readonly HashSet<string> _unanswered = [];
    private Socket? _socket;

    public async Task<EchoAnswer> AskAsync(string request, CancellationToken cancellationToken)
    {
        var keep = options.KeepConnections;
        try
        {
            _socket ??= await ConnectAsync(cancellationToken);
            await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            return await ReceiveAsync(_socket, request, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _unanswered.Add(request);
            throw;
        }
        finally
        {
            if (!keep)
            {
                Dispose();
            }
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
        _unanswered.Clear();
    }

    private async Task<EchoAnswer> ReceiveAsync(Socket socket, string request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = await socket.ReceiveAsync(_buffer, cancellationToken);
            var text = Encoding.ASCII.GetString(_buffer, 0, length);
            if (!EchoAnswer.TryParse(text, out var answer))
            {
                throw new InvalidDataException($"Asked '{request}', was answered '{text}'.");
            }
            if (answer.Request == request)
            {
                return answer;
            }
            if (!_unanswered.Remove(answer.Request))
            {
                throw new InvalidDataException($"Asked '{request}', was answered '{text}', which answers nothing that was asked.");
            }
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = await sockets.CreateAsync(options.Target.AddressFamily, SocketType.Dgram);
        await socket.ConnectAsync(options.Target, cancellationToken);
        return socket;
    }
}
