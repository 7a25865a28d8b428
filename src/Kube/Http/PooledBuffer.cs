using System.Buffers;

namespace Netweir.Kube;

/// <summary>A growing byte buffer on pooled memory, filled from a stream and consumed from the front.</summary>
internal sealed class PooledBuffer(int maxBytes) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(16 << 10);
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    public void Consume(int count) => _start += count;

    /// <summary>Reads once; false at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">What is unread has reached the limit.</exception>
    public async ValueTask<bool> FillAsync(Stream stream, CancellationToken cancellationToken)
    {
        MakeRoom();
        var read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _end = 0;
    }

    private void MakeRoom()
    {
        var unread = _end - _start;
        if (_start > 0)
        {
            _bytes.AsSpan(_start, unread).CopyTo(_bytes);
            (_start, _end) = (0, unread);
        }

        if (_end < _bytes.Length)
        {
            return;
        }

        if (unread >= maxBytes)
        {
            throw new InvalidDataException($"a message is larger than {maxBytes} bytes");
        }

        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        Unread.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
