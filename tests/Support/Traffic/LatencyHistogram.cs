using System.Numerics;

namespace Netweir.Support.Traffic;

/// <summary>Microseconds in buckets of 3%: bounded memory for any number of samples. Safe to use from several threads.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5;
    private const int Sub = 1 << SubBits;
    private readonly long[] _buckets = new long[(64 - SubBits + 1) * Sub];
    private long _maximum;

    public void Add(TimeSpan latency)
    {
        var value = Math.Max(0, (long)latency.TotalMicroseconds);
        Interlocked.Increment(ref _buckets[Bucket(value)]);
        for (var seen = Interlocked.Read(ref _maximum); value > seen;)
        {
            seen = Interlocked.CompareExchange(ref _maximum, value, seen);
        }
    }

    public TimeSpan Max => TimeSpan.FromMicroseconds(Interlocked.Read(ref _maximum));

    /// <summary>The upper end of the bucket that the quantile (0 to 1) falls in; zero without samples.</summary>
    public TimeSpan Quantile(double quantile)
    {
        var total = _buckets.Sum();
        var rank = Math.Max(1, (long)Math.Ceiling(total * quantile));
        var seen = 0L;
        for (var i = 0; i < _buckets.Length && total > 0; i++)
        {
            seen += _buckets[i];
            if (seen >= rank)
            {
                return TimeSpan.FromMicroseconds(Math.Min(UpperEnd(i), Interlocked.Read(ref _maximum)));
            }
        }
        return TimeSpan.Zero;
    }

    private static int Bucket(long value)
    {
        if (value < Sub)
        {
            return (int)value;
        }
        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) * Sub) + (int)((value >> shift) - Sub);
    }

    private static long UpperEnd(int bucket)
    {
        if (bucket < Sub)
        {
            return bucket;
        }
        var shift = (bucket / Sub) - 1;
        return ((long)(Sub + (bucket % Sub) + 1) << shift) - 1;
    }
}
