using Netweir.Controller.Services;

namespace Netweir.Controller.Tests.Services;

/// <summary>Repair a part at a time, with passes, resyncs and another writer in between, as the agent's loop does it.</summary>
public sealed class RepairInPartsTests
{
    private const int Steps = 400;
    private const int LargestPart = 300;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Without_another_writer_nothing_drifts_however_much_changes_in_between(int seed)
    {
        var (random, kernel, cluster, agent) = Start(seed);
        var (drift, ended) = (0, 0);
        for (var step = 0; step < Steps; step++)
        {
            Pass(random, cluster, agent);
            drift += Repaired(random, kernel, agent, ref ended);
            Assert.Equal(Picture.Of(cluster.Desired()), Picture.Of(kernel));
        }

        Assert.Equal(0, drift);
        Assert.True(ended > 10, $"only {ended} repairs came to their end: the test proves little");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_another_writer_changes_in_between_is_put_right_and_counted_once(int seed)
    {
        var (random, kernel, cluster, agent) = Start(seed);
        var (drift, ended) = (0, 0);
        kernel.Checking = false;
        for (var step = 0; step < Steps; step++)
        {
            Pass(random, cluster, agent);
            if (random.Next(4) == 0)
            {
                ForeignWriter.Interfere(random, kernel);
            }

            drift += Repaired(random, kernel, agent, ref ended);
        }

        agent.Sync();
        RepairWhole(agent);
        drift += RepairWhole(agent);
        Assert.Equal(Picture.Of(cluster.Desired()), Picture.Of(kernel));
        Assert.Equal(0, RepairWhole(agent));
        Assert.Equal(0, agent.Resync().Writes);
        Assert.True(drift > Steps / 4 && ended > 10, $"only {drift} entries drifted, {ended} repairs came to their end: the test proves little");
    }

    /// <summary>Resyncs come sooner than a repair takes, and no turn is without a change.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_repair_comes_to_its_end_under_changes_without_pause(int seed)
    {
        const int Part = 64;
        const int TurnsBetweenResyncs = 5;
        var (random, kernel, cluster, agent) = Start(seed);
        agent.Reconciler.BeginResync(CancellationToken.None);
        kernel.SourceRanges.Content[new() { PrefixLength = 64, Service = 9999 }] = 1;
        var (drift, turns) = (0, 0);
        for (; agent.Reconciler.IsRepairing; turns++)
        {
            Assert.True(turns < 100, "the repair does not come to its end");
            cluster.Step(agent);
            _ = turns % TurnsBetweenResyncs == 0 ? agent.Reconciler.BeginResync(CancellationToken.None) : agent.Sync();
            drift += agent.Reconciler.IsRepairing ? agent.Reconciler.Repair(Part) : 0;
        }

        Assert.True(turns > TurnsBetweenResyncs, $"{turns} turns: no resync came in between");
        Assert.Equal(1, drift);
        Assert.Equal(Picture.Of(cluster.Desired()), Picture.Of(kernel));
    }

    private static (Random Random, FakeKernel Kernel, RandomCluster Cluster, Agent Agent) Start(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random));
        var agent = new Agent(kernel.Open());
        cluster.Start(agent);
        return (random, kernel, cluster, agent);
    }

    /// <summary>Changes, if any, and a pass of either kind.</summary>
    private static void Pass(Random random, RandomCluster cluster, Agent agent)
    {
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            cluster.Step(agent);
        }

        _ = random.Next(4) == 0 ? agent.Reconciler.BeginResync(CancellationToken.None) : agent.Sync();
    }

    /// <summary>A part of the repair that is under way; returns its drift, which is as many entries as are others after it.</summary>
    private static int Repaired(Random random, FakeKernel kernel, Agent agent, ref int ended)
    {
        if (!agent.Reconciler.IsRepairing)
        {
            return 0;
        }

        var before = Content(kernel);
        var drift = agent.Reconciler.Repair(random.Next(1, LargestPart));
        var after = Content(kernel);
        var others = before.Count(e => !e.Value.Equals(after.GetValueOrDefault(e.Key))) + after.Keys.Count(k => !before.ContainsKey(k));
        Assert.Equal(others, drift);
        ended += agent.Reconciler.IsRepairing ? 0 : 1;
        return drift;
    }

    /// <summary>Ends the repair that is under way, or does a whole one.</summary>
    private static int RepairWhole(Agent agent)
    {
        agent.Reconciler.BeginResync(CancellationToken.None);
        var drift = 0;
        while (agent.Reconciler.IsRepairing)
        {
            drift += agent.Reconciler.Repair(1);
        }

        return drift;
    }

    private static Dictionary<(string Map, object Key), object> Content(FakeKernel kernel) => new(
    [
        .. All("services", kernel.Services), .. All("frontends", kernel.Frontends), .. All("slots", kernel.Slots), .. All("backends", kernel.Backends),
        .. All("references", kernel.References), .. All("source ranges", kernel.SourceRanges),
    ]);

    private static IEnumerable<KeyValuePair<(string Map, object Key), object>> All<TKey, TValue>(string name, FakeMap<TKey, TValue> map)
        where TKey : unmanaged
        where TValue : unmanaged => map.Content.Select(e => KeyValuePair.Create((name, (object)e.Key), (object)e.Value));
}
