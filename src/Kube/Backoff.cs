namespace Netweir.Kube;

/// <summary>Exponential back-off with jitter: attempt n waits between half and all of min(<see cref="Cap"/>, <see cref="First"/> * 2^n).</summary>
public sealed record Backoff
{
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Cap { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Returns a number in [0, 1).</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>The wait before the retry after <paramref name="failures"/> (1 or more) failures in a row.</summary>
    public TimeSpan Delay(int failures)
    {
        var factor = Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        var full = Math.Min(First.TotalMilliseconds * factor, Cap.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (Jitter() / 2)));
    }
}
