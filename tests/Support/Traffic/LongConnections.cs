using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Netweir.Support.Traffic;

/// <summary>TCP connections to an <see cref="EchoServer"/> that exchange lines until stopped. A lost one is not opened again.</summary>
public sealed class LongConnections : IAsyncDisposable
{
    private readonly LongConnectionsOptions _options;
    private readonly LoadRecorder _recorder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SocketFactory _sockets;
    private Task _work = Task.CompletedTask;
    private bool _disposed;
    private int _opened;
    private int _lost;
    private long _stalls;

    private LongConnections(LongConnectionsOptions options)
    {
        _options = options;
        _sockets = new(options.InNamespace);
    }

    /// <summary>Returns when each connection is open or has failed to open.</summary>
    public static async Task<LongConnections> StartAsync(LongConnectionsOptions options)
    {
        var connections = new LongConnections(options);
        try
        {
            var opened = await Task.WhenAll(Enumerable.Range(0, options.Count).Select(_ => connections.OpenAsync()));
            connections._work = Task.WhenAll(opened.OfType<LineSocket>().Select(connections.ExchangeAsync));
            return connections;
        }
        catch
        {
            await connections.DisposeAsync();
            throw;
        }
    }

    public LongConnectionsReport Snapshot() => new()
    {
        Opened = Volatile.Read(ref _opened),
        Alive = Volatile.Read(ref _opened) - Volatile.Read(ref _lost),
        Stalls = Interlocked.Read(ref _stalls),
        Exchanges = _recorder.Report(),
    };

    /// <summary>Lets exchanges under way end (within the time to give up), closes all connections.</summary>
    public async Task<LongConnectionsReport> StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
        return Snapshot();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        await StopAsync();
        _sockets.Dispose();
        _stop.Dispose();
    }

    private async Task<LineSocket?> OpenAsync()
    {
        var socket = await _sockets.CreateAsync(_options.Target.AddressFamily, SocketType.Stream, s => s.NoDelay = true);
        using var giveUp = new CancellationTokenSource(_options.GiveUpAfter);
        try
        {
            await socket.ConnectAsync(_options.Target, giveUp.Token);
            Interlocked.Increment(ref _opened);
            return new(socket);
        }
        catch (Exception e) when (LoadFailures.IsExpected(e))
        {
            socket.Dispose();
            _recorder.Failed(e);
            return null;
        }
    }

    private async Task ExchangeAsync(LineSocket connection)
    {
        using (connection)
        {
            try
            {
                EchoAnswer? first = null;
                for (var number = 0L; !_stop.IsCancellationRequested; number++)
                {
                    var answer = await AskAsync(connection, number);
                    first ??= answer;
                    if (answer.Server != first.Server || !answer.Client.Equals(first.Client))
                    {
                        throw new InvalidDataException($"The connection began as '{first}' and went on as '{answer}'.");
                    }
                    await Task.Delay(_options.Interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (Exception e) when (LoadFailures.IsExpected(e))
            {
                Interlocked.Increment(ref _lost);
                _recorder.Failed(e);
            }
        }
    }

    private async Task<EchoAnswer> AskAsync(LineSocket connection, long number)
    {
        using var giveUp = new CancellationTokenSource(_options.GiveUpAfter);
        var request = number.ToString(CultureInfo.InvariantCulture);
        var clock = Stopwatch.StartNew();
        await connection.WriteAsync(request + "\n", giveUp.Token);
        var reading = connection.ReadLineAsync(giveUp.Token).AsTask();
        if (await Task.WhenAny(reading, Task.Delay(_options.StallAfter, giveUp.Token)) != reading)
        {
            Interlocked.Increment(ref _stalls);
        }
        var line = await reading ?? throw new EndOfStreamException("The server closed the connection.");
        if (!EchoAnswer.TryParse(line, out var answer) || answer.Request != request)
        {
            throw new InvalidDataException($"Asked '{request}', was answered '{line}'.");
        }
        _recorder.Answered(answer, clock.Elapsed);
        return answer;
    }
}
