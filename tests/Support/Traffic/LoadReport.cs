using System.Collections.Immutable;

namespace Netweir.Support.Traffic;

public sealed record LoadReport
{
    /// <summary>Finished requests, answered or failed.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that were due while all workers waited for more than a second, and were not sent.</summary>
    public required long Skipped { get; init; }

    public required ImmutableSortedDictionary<LoadFailure, long> Failures { get; init; }

    /// <summary>The first message of each kind of failure.</summary>
    public required ImmutableSortedDictionary<LoadFailure, string> FailureExamples { get; init; }

    /// <summary>Answers by server name.</summary>
    public required ImmutableSortedDictionary<string, long> ByServer { get; init; }

    /// <summary>Answers by the client address that the server saw: shows source translation.</summary>
    public required ImmutableSortedDictionary<string, long> ByClientAddress { get; init; }

    /// <summary>Latencies are of answered requests and exact to 3%.</summary>
    public required TimeSpan P50 { get; init; }

    public required TimeSpan P99 { get; init; }

    public required TimeSpan Max { get; init; }

    public long Failed => Failures.Values.Sum();

    public long Answered => Requests - Failed;

    /// <summary>One line.</summary>
    public override string ToString() =>
        $"requests={Requests} failed={Failed}{Counts(Failures)} skipped={Skipped} p50={P50.TotalMilliseconds:0.00}ms "
        + $"p99={P99.TotalMilliseconds:0.00}ms max={Max.TotalMilliseconds:0.00}ms servers{Counts(ByServer)}"
        + string.Concat(FailureExamples.Select(e => $" {e.Key}: {e.Value}"));

    private static string Counts<T>(ImmutableSortedDictionary<T, long> counts)
        where T : notnull => counts.IsEmpty ? "" : $"({string.Join(' ', counts.Select(c => $"{c.Key}={c.Value}"))})";
}
