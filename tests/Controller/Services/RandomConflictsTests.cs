using Netweir.Controller.Services;

namespace Netweir.Controller.Tests.Services;

/// <summary>External IPs that others have, or that are others' ClusterIPs, and host ports that are NodePorts, in all of these.</summary>
public sealed class RandomConflictsTests
{
    private const int Steps = 200;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Everybody_has_all_but_what_another_has_with_no_less_precedence(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random, conflicts: true));
        var agent = new Agent(kernel.Open());
        cluster.Start(agent);
        var conflicts = 0;
        for (var step = 0; step < Steps; step++)
        {
            Change(random, cluster, agent);
            kernel.FailIn = random.Next(4) == 0 ? random.Next(30) : null;
            agent.Sync();
            kernel.FailIn = null;
            conflicts += Check(cluster, kernel, agent);
            if (random.Next(5) == 0)
            {
                agent = new Agent(kernel.Open());
                Assert.Equal(0, cluster.Start(agent).Writes);
                Check(cluster, kernel, agent);
            }
        }

        Assert.True(conflicts > 20, $"only {conflicts} conflicts: the test proves little");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_crash_between_any_two_writes_heals(int seed)
    {
        var random = new Random(seed);
        var (kernel, cluster) = (new FakeKernel(), new RandomCluster(random, conflicts: true));
        var agent = new Agent(kernel.Open());
        cluster.Start(agent);
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
                agent = new Agent(kernel.Open());
                cluster.Start(agent);
            }

            kernel.CrashIn = null;
            Check(cluster, kernel, agent);
        }
    }

    private static void Change(Random random, RandomCluster cluster, Agent agent)
    {
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            cluster.Step(agent);
        }
    }

    /// <summary>Returns how many Services lack something.</summary>
    private static int Check(RandomCluster cluster, FakeKernel kernel, Agent agent)
    {
        var desired = cluster.Desired().ToArray();
        var owners = kernel.Frontends.Content.ToDictionary(f => f.Key, f => Layouts.KeyOf(kernel.Services.Content[f.Value.Service]).Service);
        var best = desired.SelectMany(d => d.Ports).SelectMany(p => p.Frontends).GroupBy(f => f.Key).ToDictionary(g => g.Key, g => g.Min(f => f.Kind));
        var left = desired.Select(d => d.Without([.. d.Ports.SelectMany(p => p.Frontends).Select(f => f.Key).Where(k => owners[k] != d.Key)])).ToArray();

        Assert.All(left.SelectMany(d => d.Ports).SelectMany(p => p.Frontends), f => Assert.Equal(best[f.Key], f.Kind));
        Assert.Equal(Picture.Of(left), Picture.Of(kernel));
        var lacking = desired.Zip(left).Where(d => Count(d.First) != Count(d.Second)).Select(d => d.First.Key.ToString()).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(lacking, agent.Reconciler.Refusals.Select(r => r.Service.ToString()).Order(StringComparer.Ordinal));
        return lacking.Length;
    }

    private static int Count(DesiredService service) => service.Ports.Sum(p => p.Frontends.Count);
}
