using Microsoft.Extensions.Hosting;

namespace Netweir.Controller;

/// <summary>
/// A loop that turns when its trigger is pulled and, in any case, after a while. A turn that asks for it is tried again sooner, with growing
/// waits. What a turn throws stops the process.
/// </summary>
internal abstract class PeriodicLoop(string name, Trigger trigger, TimeSpan resync, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : BackgroundService
{
    /// <summary>Many changes at once make one turn.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    /// <summary>Timers are no finer.</summary>
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(120);

    protected string Name { get; } = name;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts services one after the other: do not hold up the next one.
        await Task.Yield();
        await BeforeAsync(stoppingToken).ConfigureAwait(false);
        var failures = 0;
        var lastResync = time.GetTimestamp();
        var full = true;
        while (true)
        {
            watch.Beat(Name, resync + LongestTurn);
            var started = time.GetTimestamp();
            failures = Turn(full, stoppingToken) ? 0 : failures + 1;
            var took = time.GetElapsedTime(started);
            var ended = time.GetTimestamp();
            metrics.TurnTook(Name, took);
            if (full)
            {
                lastResync = time.GetTimestamp();
            }
            var untilResync = resync - time.GetElapsedTime(lastResync);
            var wait = failures > 0 ? Smaller(Backoff(failures), untilResync) : untilResync;
            if (await trigger.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, stoppingToken).ConfigureAwait(false))
            {
                var rest = FollowsAtOnce ? Smaller(took, Gather) - time.GetElapsedTime(ended) : Gather;
                await RestAsync(rest, stoppingToken).ConfigureAwait(false);
            }
            full = time.GetElapsedTime(lastResync) >= resync;
        }
    }

    /// <summary>
    /// A change is followed at once, unless a turn has just been: then changes are gathered for as long as that one took. For a loop whose turns are cheap,
    /// and whose changes are complete when it hears of them.
    /// </summary>
    protected virtual bool FollowsAtOnce => false;

    /// <summary>What has to be waited for before the first turn.</summary>
    protected virtual Task BeforeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary><paramref name="resync"/>: trust nothing that is remembered. False: try again soon.</summary>
    protected abstract bool Turn(bool resync, CancellationToken cancellationToken);

    /// <summary>Without a rest, too, the thread is given back: a loop that pulls its own trigger would keep it from others.</summary>
    private static async Task RestAsync(TimeSpan rest, CancellationToken cancellationToken)
    {
        if (rest >= ShortestRest)
        {
            await Task.Delay(rest, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await Task.Yield();
        }
    }

    private static TimeSpan Backoff(int failures) => TimeSpan.FromMilliseconds(Math.Min(500 * Math.Pow(2, failures - 1), 30_000));

    private static TimeSpan Smaller(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
