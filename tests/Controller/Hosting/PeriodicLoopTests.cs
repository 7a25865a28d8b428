using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Netweir.Controller.Tests;

public sealed class PeriodicLoopTests
{
    /// <summary>On a scheduler that runs one thing at a time, what waits for its turn gets it only when the loop gives its thread back.</summary>
    [Fact]
    public async Task A_loop_that_always_has_more_to_do_lets_others_run()
    {
        using var trigger = new Trigger();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new AgentMetrics(services.GetRequiredService<IMeterFactory>());
        using var ended = new CancellationTokenSource();
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        using var loop = new RestlessLoop(trigger, metrics, () => Task.Factory.StartNew(other.SetResult, CancellationToken.None, TaskCreationOptions.None, scheduler));
        var run = Task.Factory.StartNew(() => loop.RunAsync(ended.Token), CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        try
        {
            await other.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
        finally
        {
            await ended.CancelAsync();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(loop.Turns > 0);
    }

    /// <summary>Pulls its own trigger in every turn; tells of the first.</summary>
    private sealed class RestlessLoop(Trigger trigger, AgentMetrics metrics, Action first)
        : PeriodicLoop("test", trigger, TimeSpan.FromHours(1), new LoopWatch(new ManualTime()), metrics, new ManualTime())
    {
        private readonly Trigger _trigger = trigger;

        public int Turns { get; private set; }

        protected override bool FollowsAtOnce => true;

        public Task RunAsync(CancellationToken cancellationToken) => ExecuteAsync(cancellationToken);

        protected override bool Turn(bool resync, CancellationToken cancellationToken)
        {
            if (Turns++ == 0)
            {
                first();
            }

            _trigger.Pull();
            return true;
        }
    }
}
