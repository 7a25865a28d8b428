namespace Netweir.Controller.Tests;

/// <summary>A wall clock and a monotonic one that a test moves together; delays take real time.</summary>
internal sealed class ClockAt(DateTimeOffset start) : TimeProvider
{
    public TimeSpan Passed { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + Passed;

    public override long GetTimestamp() => Passed.Ticks;
}
