namespace Netweir.Bench;

/// <summary>Of durations in milliseconds.</summary>
internal sealed class Distribution(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public int Count => _sorted.Length;

    public double Median => Percentile(50);

    public double P99 => Percentile(99);

    public double Max => _sorted[^1];

    /// <summary>The smallest value that so many percent of all do not exceed (nearest rank).</summary>
    public double Percentile(double percent) => _sorted[Math.Clamp((int)Math.Ceiling(_sorted.Length * percent / 100) - 1, 0, _sorted.Length - 1)];
}
