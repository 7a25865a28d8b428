using Netweir.Controller.Services;

namespace Netweir.Controller.Tests.Services;

/// <summary>The reader of <see cref="FakeKernel"/> looks between any two writes in all of these.</summary>
public sealed class RandomChangesTests
{
    private const int Steps = 250;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Maps_equal_what_is_computed_from_nothing_after_every_pass(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random));
        var agent = Started(kernel, cluster);
        for (var step = 0; step < Steps; step++)
        {
            Change(random, cluster, agent);
            agent.Sync();
            AssertEqual(cluster, kernel);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_restart_changes_nothing(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random));
        var agent = Started(kernel, cluster);
        for (var step = 0; step < Steps / 5; step++)
        {
            Change(random, cluster, agent);
            agent.Sync();
            agent = new Agent(kernel.Open());

            Assert.Equal(0, cluster.Start(agent).Writes);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_crash_between_any_two_writes_heals_without_leaks(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random));
        var agent = Started(kernel, cluster);
        var crashes = 0;
        for (var step = 0; step < Steps; step++)
        {
            Change(random, cluster, agent);
            kernel.CrashIn = random.Next(30);
            try
            {
                agent.Sync();
            }
            catch (CrashException)
            {
                crashes++;
                agent = new Agent(kernel.Open());
                cluster.Start(agent);
            }

            kernel.CrashIn = null;
            AssertEqual(cluster, kernel);
        }

        Assert.True(crashes > 20, $"only {crashes} crashes: the test proves little");
        Empty(agent, kernel);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_write_that_fails_once_heals_in_the_same_pass_or_is_refused_whole(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random));
        var agent = Started(kernel, cluster);
        for (var step = 0; step < Steps; step++)
        {
            Change(random, cluster, agent);
            kernel.FailIn = random.Next(30);
            agent.Sync();
            kernel.FailIn = null;
            AssertEqual(cluster, kernel);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Small_maps_refuse_whole_services_and_take_them_when_there_is_room(int seed)
    {
        var random = new Random(seed);
        var kernel = new FakeKernel(seed % 2 == 0
            ? new ServiceCapacity { Services = 8, Frontends = 40, Slots = 40, Backends = 24, SourceRanges = 8 }
            : new ServiceCapacity { Services = 64, Frontends = 128, Slots = 16, Backends = 128, SourceRanges = 64 });
        var cluster = new RandomCluster(random);
        var agent = Started(kernel, cluster);
        var (refused, taken) = (0, 0);
        agent.Reconciler.Refused += _ => refused++;
        agent.Reconciler.Recovered += _ => taken++;
        for (var step = 0; step < Steps; step++)
        {
            Change(random, cluster, agent);
            agent.Sync();
            var without = agent.Reconciler.Refusals.Select(r => r.Service.ToString()).ToArray();
            Assert.Equal(Lines(Picture.Of(cluster.Desired().Where(d => !without.Contains(d.Key.ToString()))), without), Lines(Picture.Of(kernel), without));
        }

        Assert.True(refused > 10 && taken > 10, $"{refused} refused, {taken} taken: the test proves little");
        Empty(agent, kernel);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_another_writer_changes_is_put_right_by_a_resync(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random));
        var agent = Started(kernel, cluster);
        var drift = 0;
        for (var step = 0; step < Steps; step++)
        {
            Change(random, cluster, agent);
            agent.Sync();
            kernel.Checking = false;
            ForeignWriter.Interfere(random, kernel);
            drift += agent.Resync().Drift;
            kernel.Checking = true;
            AssertEqual(cluster, kernel);
            Assert.Equal(0, agent.Resync().Writes);
        }

        Assert.True(drift > Steps / 4, $"only {drift} entries drifted: the test proves little");
    }

    private static Agent Started(FakeKernel kernel, RandomCluster cluster)
    {
        var agent = new Agent(kernel.Open());
        cluster.Start(agent);
        return agent;
    }

    private static void Change(Random random, RandomCluster cluster, Agent agent)
    {
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            cluster.Step(agent);
        }
    }

    private static void Empty(Agent agent, FakeKernel kernel)
    {
        agent.Reconciler.SetHostPorts([]);
        agent.List([], []);
        agent.Sync();
        Assert.Empty(Picture.Of(kernel));
        Assert.All(kernel.Backends.Content.Values, b => Assert.Equal(0u, b.Service));
    }

    private static void AssertEqual(RandomCluster cluster, FakeKernel kernel) =>
        Assert.Equal(Picture.Of(cluster.Desired()), Picture.Of(kernel));

    /// <summary>Without what refused services may have kept: their own lines, and the counts, which they share.</summary>
    private static string[] Lines(string[] picture, string[] without) =>
        [.. picture.Where(l => !l.Contains(" counted ", StringComparison.Ordinal) && !without.Any(w => l.Contains($"{w}:", StringComparison.Ordinal)))];
}
