using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Netweir.Support.Traffic;

internal sealed class LoadRecorder
{
    private readonly LatencyHistogram _latencies = new();
    private readonly ConcurrentDictionary<LoadFailure, long> _failures = new();
    private readonly ConcurrentDictionary<LoadFailure, string> _examples = new();
    private readonly ConcurrentDictionary<string, long> _servers = new();
    private readonly ConcurrentDictionary<string, long> _clients = new();
    private long _requests;
    private long _skipped;

    public void Answered(EchoAnswer answer, TimeSpan latency)
    {
        Interlocked.Increment(ref _requests);
        _latencies.Add(latency);
        _servers.AddOrUpdate(answer.Server, 1, (_, count) => count + 1);
        _clients.AddOrUpdate(answer.Client.Address.ToString(), 1, (_, count) => count + 1);
    }

    public void Failed(Exception e)
    {
        var kind = LoadFailures.Of(e);
        Interlocked.Increment(ref _requests);
        _failures.AddOrUpdate(kind, 1, (_, count) => count + 1);
        _examples.TryAdd(kind, e.Message);
    }

    public void Skipped() => Interlocked.Increment(ref _skipped);

    public LoadReport Report() => new()
    {
        Requests = Interlocked.Read(ref _requests),
        Skipped = Interlocked.Read(ref _skipped),
        Failures = _failures.ToImmutableSortedDictionary(),
        FailureExamples = _examples.ToImmutableSortedDictionary(),
        ByServer = _servers.ToImmutableSortedDictionary(),
        ByClientAddress = _clients.ToImmutableSortedDictionary(),
        P50 = _latencies.Quantile(0.5),
        P99 = _latencies.Quantile(0.99),
        Max = _latencies.Max,
    };
}
