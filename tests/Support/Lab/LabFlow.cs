using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Netweir.Support.Traffic;

namespace Netweir.Support.Lab;

/// <summary>One socket to an <see cref="EchoServer"/> that is asked again and again: a TCP connection, or a UDP flow of one source port.</summary>
public sealed class LabFlow : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Socket _socket;
    private readonly string _name;
    private readonly string _token = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly byte[] _buffer = new byte[4096];
    private int _number;

    private LabFlow(Socket socket, string name)
    {
        _socket = socket;
        _name = name;
    }

    /// <summary>The client's end.</summary>
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <param name="from">Where the client is.</param>
    /// <param name="target">Where to.</param>
    /// <param name="type">Stream is TCP, Dgram UDP.</param>
    /// <param name="source">The client's address and port; null: as the kernel chooses.</param>
    public static async Task<LabFlow> OpenAsync(LabHost from, IPEndPoint target, SocketType type, IPEndPoint? source = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        using var timeout = new CancellationTokenSource(Patience);
        var name = $"{type} flow from {from.Name} to {target}";
        try
        {
            return new LabFlow(await from.ConnectAsync(target, type, timeout.Token, source), name);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            throw new LabException($"{name}: {e.Message}", e);
        }
    }

    /// <summary>One exchange.</summary>
    /// <exception cref="LabException">It failed; the inner exception says how.</exception>
    public async Task<EchoAnswer> AskAsync(TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        // What no other flow asks, so that an answer to another one shows.
        var request = string.Create(CultureInfo.InvariantCulture, $"{_token}-{++_number}");
        try
        {
            await _socket.SendAsync(Encoding.ASCII.GetBytes(request + "\n"), timeout.Token);
            while (true)
            {
                var length = await _socket.ReceiveAsync(_buffer, timeout.Token);
                var text = Encoding.ASCII.GetString(_buffer, 0, length).TrimEnd('\n');
                if (EchoAnswer.TryParse(text, out var answer) && answer.Request == request)
                {
                    return answer;
                }

                // A datagram that answers an earlier request is only late.
                if (_socket.SocketType != SocketType.Dgram || !answer.Request.StartsWith(_token, StringComparison.Ordinal))
                {
                    throw new InvalidDataException($"asked '{request}', was answered '{text}'");
                }
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or InvalidDataException)
        {
            throw new LabException($"{_name}, exchange {request}: {e.Message}", e);
        }
    }

    /// <summary>How an exchange fails: silence is <see cref="SocketError.TimedOut"/>; null when it does not.</summary>
    public async Task<SocketError?> ErrorAsync(TimeSpan? patience = null)
    {
        try
        {
            await AskAsync(patience);
            return null;
        }
        catch (LabException e) when (e.InnerException is SocketException socket)
        {
            return socket.SocketErrorCode;
        }
        catch (LabException e) when (e.InnerException is OperationCanceledException)
        {
            return SocketError.TimedOut;
        }
    }

    public override string ToString() => _name;

    public void Dispose() => _socket.Dispose();
}
