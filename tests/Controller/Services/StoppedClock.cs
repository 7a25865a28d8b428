namespace Netweir.Controller.Tests.Services;

/// <summary>Time that passes only when told to.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
