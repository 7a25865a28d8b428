using Netweir.Loader;
using Netweir.Maps;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Upgrades to other map layouts and sizes under constant load: no request fails, no connection ends, nothing is left behind.</summary>
public abstract class MigrationTests(LabFixture lab) : IAsyncLifetime
{
    private const int Connections = 8;
    private LabService _service = null!;

    public async Task InitializeAsync()
    {
        _service = lab.Lab.NewService("migrating") with { Type = LabServiceType.NodePort };
        lab.Lab.Apply(_service);
        lab.Lab.SetBackends(_service, lab.A2, lab.B1, lab.B2);
        await lab.Lab.StartAgentsAsync();
        await lab.Lab.AwaitServiceAsync(_service, LabCluster.AnsweredAsync);
    }

    public Task DisposeAsync()
    {
        lab.Lab.RemoveService(_service);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Agent_upgrades_from_another_layout()
    {
        var datapath = new NodeDatapath(lab.NodeA);
        var maps = datapath.MapNames();
        for (var round = 0; round < 3; round++)
        {
            lab.NodeA.StopAgent();
            await using var traffic = await StartTrafficAsync();
            datapath.Install(OtherVersion.Object);
            Assert.Equal("393216", MapSize(MapSpecs.Conntrack.Name));
            var before = datapath.Ids();
            await Task.Delay(500);
            await lab.Lab.StartAgentsAsync();
            await Task.Delay(1000);
            await traffic.AssertFlawlessAsync($"an upgrade (round {round})", Explain);
            Assert.Equal("262144", MapSize(MapSpecs.Conntrack.Name));
            await datapath.AssertSettledAsync(before, maps);
        }
    }

    [Fact]
    public async Task Map_sizes_change_there_and_back()
    {
        var datapath = new NodeDatapath(lab.NodeA);
        var maps = datapath.MapNames();
        await using var traffic = await StartTrafficAsync();
        foreach (var (size, arguments) in new[] { ("524288", Sizes(2)), ("131072", Sizes(0.5)), ("262144", []) })
        {
            var before = datapath.Ids();
            await lab.Lab.RestartAgentsAsync(lab.Lab.Routing, arguments);
            Assert.Equal(size, MapSize(MapSpecs.Conntrack.Name));
            await Task.Delay(500);
            await datapath.AssertSettledAsync(before, maps);
        }

        await traffic.AssertFlawlessAsync("three changes of size", Explain);
    }

    [Fact]
    public async Task Map_that_is_too_small_for_its_entries_is_refused()
    {
        var datapath = new NodeDatapath(lab.NodeA);
        var before = datapath.Ids();
        await using var traffic = await StartTrafficAsync();
        lab.NodeA.StopAgent();
        lab.NodeA.StartAgent(lab.Lab.Routing, "--map-size", "nw_frontends=2");
        await Wait.UntilAsync("the agent refuses", TimeSpan.FromSeconds(30), () => Task.FromResult(lab.NodeA.LogTail().Contains("cannot shrink", StringComparison.Ordinal)));
        Assert.Contains("map nw_frontends cannot shrink from 262144 to 2 entries", lab.NodeA.LogTail(), StringComparison.Ordinal);
        Assert.Equal(before.Programs.Order(), datapath.Ids().Programs.Order());
        Assert.Equal(before.Maps.Order(), datapath.Ids().Maps.Order());
        lab.NodeA.StopAgent();
        await lab.Lab.StartAgentsAsync();
        await traffic.AssertFlawlessAsync("a refused size", Explain);
        await datapath.AssertSettledAsync(before, datapath.MapNames());
    }

    [Theory]
    [InlineData(PreviousState.Prepared)]
    [InlineData(PreviousState.TakenOver)]
    public async Task Killed_agent_goes_on_when_it_is_back(PreviousState killed)
    {
        var datapath = new NodeDatapath(lab.NodeA);
        var maps = datapath.MapNames();
        lab.NodeA.StopAgent();
        await using var traffic = await StartTrafficAsync();
        (HashSet<uint> Programs, HashSet<uint> Maps) before;
        var attempts = 0;
        do
        {
            // The state lasts milliseconds: on a busy machine an agent may be through before it dies.
            Assert.True(++attempts <= 5, $"no agent died in the state {killed}");
            datapath.Install(OtherVersion.Object);
            before = datapath.Ids();
        }
        while (!DiesIn(killed, datapath));

        await Task.Delay(1000);
        await lab.Lab.StartAgentsAsync();
        await Task.Delay(500);
        await traffic.AssertFlawlessAsync($"a kill in the state {killed}", Explain);
        await datapath.AssertSettledAsync(before, maps);
    }

    /// <summary>False when the agent was through before it was killed.</summary>
    private bool DiesIn(PreviousState state, NodeDatapath datapath)
    {
        lab.NodeA.StartAgent(lab.Lab.Routing);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (datapath.State < state && clock.Elapsed < TimeSpan.FromSeconds(20))
        {
            // Without a pause.
        }

        lab.NodeA.KillAgent();
        return datapath.State != PreviousState.None;
    }

    [Fact]
    public async Task Upgrade_that_ends_after_any_step_goes_on_or_back()
    {
        var datapath = new NodeDatapath(lab.NodeA);
        var (current, maps, before) = (BpfObjectFile.Read(lab.Lab.Programs.BpfObject), datapath.MapNames(), datapath.Ids());
        lab.NodeA.StopAgent();
        datapath.Install(OtherVersion.Object);
        await using var traffic = await StartTrafficAsync();
        var back = false;
        foreach (var step in Enum.GetValues<UpgradeStep>())
        {
            Assert.Throws<CrashException>(() => datapath.Install(current, done => _ = done == step ? throw new CrashException() : 0));
            await Task.Delay(200);
            datapath.Install(back ? OtherVersion.Object : current);
            Assert.Equal(PreviousState.None, datapath.State);
            datapath.Install(OtherVersion.Object);
            // Each way from each state: which steps leave the same is UpgradeStep's to say.
            back = !back;
        }

        await lab.Lab.StartAgentsAsync();
        await traffic.AssertFlawlessAsync("upgrades that ended early", Explain);
        await datapath.AssertSettledAsync(before, maps);
    }

    private static string[] Sizes(double factor) =>
        [.. new[] { ("nw_conntrack", 262144), ("nw_frontends", 262144), ("nw_slots", 1048576), ("nw_backends", 131072), ("nw_affinity", 65536), ("nw_endpoints", 4096) }
            .SelectMany(m => new[] { "--map-size", $"{m.Item1}={(int)(m.Item2 * factor)}" })];

    private string MapSize(string map) => BpfMap.TryReadInfo(BpfPaths.Map(lab.NodeA.BpfRoot, map), map)!.MaxEntries.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private Task<ConstantTraffic> StartTrafficAsync() => ConstantTraffic.StartAsync(
        [
            new("pod to service", lab.A1, _service.EndPoint),
            new("host to service", lab.NodeA, _service.EndPoint),
            new("outside to NodePort", lab.Lab.Outside, ipv6 => _service.NodePortOf(lab.NodeA, ipv6)),
        ],
        rate: 25,
        Connections);

    private string Explain() => string.Join("\n", lab.Lab.Nodes.Select(n => $"--- {n.Name}:\n{n.LogTail()}"));
}
