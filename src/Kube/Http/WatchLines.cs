namespace Netweir.Kube;

/// <summary>The lines of a watch's body, with a limit on how long none may come.</summary>
internal sealed class WatchLines(HttpResponseMessage response, string request, KubeClientOptions options) : IAsyncDisposable
{
    private readonly PooledBuffer _buffer = new(options.MaxMessageBytes);
    private Stream? _stream;
    private int _length;
    private int _consumed;

    /// <summary>Valid until the next move.</summary>
    public ReadOnlySpan<byte> Current => _buffer.Unread[.._length];

    /// <summary>False when the server has ended the stream between two lines.</summary>
    /// <exception cref="KubeException">The stream stalled, broke or is not one of lines.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        _buffer.Consume(_consumed);
        (_length, _consumed) = (0, 0);
        var searched = 0;
        while (true)
        {
            var end = _buffer.Unread[searched..].IndexOf((byte)'\n');
            if (end >= 0)
            {
                _length = searched + end;
                _consumed = _length + 1;
                return true;
            }

            searched = _buffer.Unread.Length;
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return searched == 0
                    ? false
                    : throw new KubeException(KubeErrorReason.Disconnected, $"{request}: the stream ended in the middle of an event; it is resumed");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _buffer.Dispose();
        if (_stream is not null)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(options.WatchIdleTimeout, options.Time, cancellationToken);
        try
        {
            _stream ??= await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            return await _buffer.FillAsync(_stream, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (KubeErrors.FromBody(request, e, deadline.Expired, cancellationToken) is { } typed)
        {
            throw typed;
        }
    }
}
