using System.Net.Sockets;

namespace Netweir.Support.Traffic;

internal sealed class TcpLoadClient(SocketFactory sockets, LoadOptions options) : ILoadClient
{
    private LineSocket? _connection;

    public async Task<EchoAnswer> AskAsync(string request, CancellationToken cancellationToken)
    {
        var succeeded = false;
        try
        {
            _connection ??= await ConnectAsync(cancellationToken);
            await _connection.WriteAsync(request + "\n", cancellationToken);
            var line = await _connection.ReadLineAsync(cancellationToken)
                ?? throw new EndOfStreamException("The server closed the connection before it answered.");
            if (!EchoAnswer.TryParse(line, out var answer) || answer.Request != request)
            {
                throw new InvalidDataException($"Asked '{request}', was answered '{line}'.");
            }
            succeeded = true;
            return answer;
        }
        finally
        {
            if (!succeeded || !options.KeepConnections)
            {
                Dispose();
            }
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private async Task<LineSocket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = await sockets.CreateAsync(options.Target.AddressFamily, SocketType.Stream, s => s.NoDelay = true);
        try
        {
            await socket.ConnectAsync(options.Target, cancellationToken);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
