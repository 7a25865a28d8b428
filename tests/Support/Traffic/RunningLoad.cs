using System.Diagnostics;
using System.Globalization;

namespace Netweir.Support.Traffic;

/// <summary>A load that is under way. Disposing stops it.</summary>
public sealed class RunningLoad : IAsyncDisposable
{
    private const int LargestRequest = 4096;
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private readonly LoadOptions _options;
    private readonly LoadRecorder _recorder = new();
    private readonly CancellationTokenSource _stop;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long[] _turns;
    private bool _disposed;
    private long _next = -1;
    private long _stalled;

    internal RunningLoad(LoadOptions options, Func<SocketFactory, LoadOptions, ILoadClient> client, CancellationToken stop)
    {
        if (options.Workers < 1 || options.RequestsPerSecond < 0 || options.RequestBytes > LargestRequest)
        {
            throw new ArgumentException($"A load needs workers, a rate of 0 or more and requests up to {LargestRequest} bytes: {options}");
        }
        _options = options;
        _turns = new long[options.Workers];
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Completion = RunAsync(client);
    }

    /// <summary>
    /// Ends after the duration, or when stopped; requests that are late by up to a second are still sent, and each ends with its
    /// timeout. Failed requests are in the report, not exceptions.
    /// </summary>
    public Task<LoadReport> Completion { get; }

    /// <summary>What was counted until now.</summary>
    public LoadReport Snapshot() => _recorder.Report();

    /// <summary>Until each request that is under way now has ended. What a server does before it goes: it lets its connections end.</summary>
    public async Task DrainAsync()
    {
        for (var worker = 0; worker < _turns.Length; worker++)
        {
            var turn = Volatile.Read(ref _turns[worker]);
            while (IsUnderWay(turn) && Volatile.Read(ref _turns[worker]) == turn)
            {
                await Task.Delay(Glance);
            }
        }
    }

    /// <summary>Sends no more and awaits what is under way.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await _stop.CancelAsync();
        return await Completion;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        try
        {
            await StopAsync();
        }
        finally
        {
            _stop.Dispose();
        }
    }

    private async Task<LoadReport> RunAsync(Func<SocketFactory, LoadOptions, ILoadClient> client)
    {
        using var sockets = new SocketFactory(_options.InNamespace);
        await Task.WhenAll(Enumerable.Range(0, _options.Workers).Select(worker => Task.Run(() => WorkAsync(worker, client(sockets, _options)))));
        return _recorder.Report();
    }

    private static bool IsUnderWay(long turn) => turn % 2 == 1;

    private async Task WorkAsync(int worker, ILoadClient client)
    {
        using (client)
        {
            while (await NextAsync() is { } number)
            {
                var request = number.ToString(CultureInfo.InvariantCulture);
                Interlocked.Increment(ref _turns[worker]);
                await AskAsync(client, request.PadRight(_options.RequestBytes, '.'));
                Interlocked.Increment(ref _turns[worker]);
            }
        }
    }

    /// <summary>Waits until the next request is due; null when there is none any more.</summary>
    private async Task<long?> NextAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _next);
            if (_options.RequestsPerSecond == 0)
            {
                return _clock.Elapsed < _options.Duration ? number : null;
            }
            var due = TimeSpan.FromSeconds(number / _options.RequestsPerSecond);
            if (due >= _options.Duration)
            {
                return null;
            }
            if (due - Now < -TooLate)
            {
                await Task.Delay(Glance); // another worker may be about to tell that this process was not running
            }
            if (due - Now < -TooLate)
            {
                _recorder.Skipped();
                continue;
            }
            var wait = due - Now;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ForgiveSince(due);
            }
            return _stop.IsCancellationRequested ? null : number;
        }
        return null;
    }

    /// <summary>The schedule's time. It stands still while this process does: that says nothing about the path.</summary>
    private TimeSpan Now => _clock.Elapsed - TimeSpan.FromTicks(Volatile.Read(ref _stalled));

    /// <summary>A worker that waited for this time only woke up later.</summary>
    private void ForgiveSince(TimeSpan due)
    {
        var late = (_clock.Elapsed - due).Ticks;
        for (var known = Volatile.Read(ref _stalled); late > known + Glance.Ticks; known = Volatile.Read(ref _stalled))
        {
            if (Interlocked.CompareExchange(ref _stalled, late, known) == known)
            {
                return;
            }
        }
    }

    private async Task AskAsync(ILoadClient client, string request)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout);
        var start = _clock.Elapsed;
        try
        {
            var answer = await client.AskAsync(request, timeout.Token);
            _recorder.Answered(answer, _clock.Elapsed - start);
        }
        catch (Exception e) when (LoadFailures.IsExpected(e))
        {
            _recorder.Failed(e);
        }
    }
}
