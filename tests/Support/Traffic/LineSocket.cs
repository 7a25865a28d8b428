using System.Net.Sockets;
using System.Text;

namespace Netweir.Support.Traffic;

/// <summary>Lines of ASCII text over a connected TCP socket, which it owns.</summary>
internal sealed class LineSocket(Socket socket) : IDisposable
{
    public const int LongestLine = 8192;
    private readonly byte[] _buffer = new byte[LongestLine];
    private int _start;
    private int _end;

    public Socket Socket => socket;

    /// <summary>Without its line end; null when the peer closed.</summary>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _start, length);
                _start += length + 1;
                return line.TrimEnd('\r');
            }
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            if (_end == _buffer.Length)
            {
                throw new InvalidDataException($"The peer sent a line of more than {LongestLine} bytes.");
            }
            var received = await socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
            if (received == 0)
            {
                return null;
            }
            _end += received;
        }
    }

    public async ValueTask WriteAsync(string text, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes = Encoding.ASCII.GetBytes(text);
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    public void Dispose() => socket.Dispose();
}
