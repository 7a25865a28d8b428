namespace Netweir.Controller;

/// <summary>One time series: a number, or a histogram.</summary>
internal sealed class PrometheusSeries
{
    public double Value { get; set; }

    /// <summary>Observations per bucket, not cumulative; the last one is +Inf. Null unless a histogram.</summary>
    public long[]? Buckets { get; set; }

    public long Count { get; set; }
}
