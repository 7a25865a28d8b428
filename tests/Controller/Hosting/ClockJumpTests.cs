using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller.Tests;

/// <summary>The wall clock is set by a day or by years, to either side: nothing that waits or decides goes by it.</summary>
public sealed class ClockJumpTests
{
    public static TheoryData<int> Days => [1, -1, 3650, -3650];

    [Theory]
    [MemberData(nameof(Days))]
    public void Events_are_counted_together_for_ten_minutes_that_pass(int days)
    {
        var time = new JumpingTime();
        var queue = new EventQueue(time);
        var web = new EventSubject("Service", new ObjectKey("shop", "web"), "u1", "7");
        var first = Sent(queue, web);

        time.Wall += TimeSpan.FromDays(days);
        Assert.Equal(2, Sent(queue, web).Series!.Count);
        time.Pass(EventQueue.Together);

        var later = Sent(queue, web);
        Assert.Null(later.Series);
        Assert.NotEqual(first.Metadata.Name, later.Metadata.Name);
    }

    [Theory]
    [MemberData(nameof(Days))]
    public void Events_find_room_after_ten_minutes_that_pass(int days)
    {
        var time = new JumpingTime();
        var queue = new EventQueue(time);
        for (var i = 0; i < EventQueue.MostKnown; i++)
        {
            Sent(queue, new EventSubject("Service", new ObjectKey("shop", $"s{i}"), "u", "7"));
        }

        time.Wall += TimeSpan.FromDays(days);
        Assert.False(Add(queue, new EventSubject("Service", new ObjectKey("shop", "late"), "u", "7")));
        time.Pass(EventQueue.Together);
        Assert.True(Add(queue, new EventSubject("Service", new ObjectKey("shop", "late"), "u", "7")));
    }

    [Theory]
    [MemberData(nameof(Days))]
    public void Health_and_loops_are_judged_by_time_that_passes(int days)
    {
        var time = new JumpingTime();
        var health = new ProxyHealth(time);
        var loops = new LoopWatch(time);
        loops.Beat("node", TimeSpan.FromSeconds(150));
        health.Queued(complete: true);

        time.Wall += TimeSpan.FromDays(days);
        Assert.True(health.Healthy);
        Assert.Empty(loops.Stuck());
        time.Pass(TimeSpan.FromSeconds(151));
        Assert.False(health.Healthy);
        Assert.Single(loops.Stuck());
    }

    /// <summary>A loop that is due every second goes on turning whatever the wall clock says.</summary>
    [Theory]
    [MemberData(nameof(Days))]
    public async Task Loops_go_on(int days)
    {
        var time = new JumpingTime();
        using var trigger = new Trigger();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new AgentMetrics(services.GetRequiredService<IMeterFactory>());
        using var loop = new CountingLoop(trigger, new LoopWatch(time), metrics, time);
        await loop.StartAsync(CancellationToken.None);
        await loop.TurnsAsync(1);

        time.Wall += TimeSpan.FromDays(days);
        time.Pass(TimeSpan.FromSeconds(2));
        await loop.TurnsAsync(3);
        await loop.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Programming_latency_is_never_negative()
    {
        var time = new JumpingTime();
        var recorded = new List<double>();
        var here = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener();
        // Other tests record at the same time, on other threads.
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => recorded.AddRange(Environment.CurrentManagedThreadId == here ? [value] : []));
        listener.EnableMeasurementEvents(ServicesMetrics.NetworkProgrammingDuration);
        var latency = new ProgrammingLatency(time);
        var key = new ObjectKey("shop", $"clock-{Guid.NewGuid()}");
        latency.Expect(new ServiceSnapshot(key, null, [], [time.GetUtcNow()]));

        time.Wall -= TimeSpan.FromDays(400);
        latency.Programmed(key);

        Assert.All(recorded, r => Assert.True(r >= 0, $"{r}"));
        Assert.NotEmpty(recorded);
    }

    private static bool Add(EventQueue queue, EventSubject subject) => queue.TryAdd(subject, EventType.Warning, "MapFull", "Program", "full");

    private static KubeEvent Sent(EventQueue queue, EventSubject subject)
    {
        Assert.True(Add(queue, subject));
        Assert.True(queue.TryTake(out var entry));
        var sent = queue.Send(entry, e => e.ToEvent("netweir.io/agent", "node1"));
        queue.Sent(entry);
        return sent;
    }

    /// <summary>A wall clock that is set, and a monotonic one that only passes. Waits take real time.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _passed;

        public DateTimeOffset Wall { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Interlocked.Read(ref _passed);

        public void Pass(TimeSpan time)
        {
            Wall += time;
            Interlocked.Add(ref _passed, time.Ticks);
        }
    }

    private sealed class CountingLoop(Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
        : PeriodicLoop("test", trigger, TimeSpan.FromMilliseconds(50), watch, metrics, time)
    {
        private int _turns;

        public async Task TurnsAsync(int atLeast)
        {
            for (var i = 0; i < 1000 && Volatile.Read(ref _turns) < atLeast; i++)
            {
                await Task.Delay(10);
            }

            Assert.InRange(Volatile.Read(ref _turns), atLeast, int.MaxValue);
        }

        protected override bool Turn(bool resync, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _turns);
            return true;
        }
    }
}
