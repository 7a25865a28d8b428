using System.Diagnostics;
using Netweir.Support.Lab;
using Xunit.Abstractions;

namespace Netweir.E2e.Tests;

/// <summary>
/// Agents are killed and stopped, and programs replaced, under constant load: nothing is lost, nothing is reset, nothing is left behind. Short by
/// default; <c>make soak</c> runs 50 kills and 10 rolling upgrades of each routing.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("NETWEIR_SOAK") == "1";
    private static readonly int Kills = Long ? 50 : 4;
    private static readonly int Upgrades = Long ? 10 : 2;

    /// <summary>A descriptor or two may be a connection that is about to close.</summary>
    private const int SpareDescriptors = 4;

    [Theory]
    [EachRouting]
    public async Task Kills_and_upgrades_under_load_lose_nothing_and_leave_nothing(string routing)
    {
        await using var lab = await LabCluster.CreateAsync(new LabOptions { Routing = routing });
        var paths = await PopulateAsync(lab);
        var conntrack = lab.Nodes.Sum(NodeFootprint.ConntrackOf);
        var before = lab.Nodes.Select(NodeFootprint.Of).ToList();
        var maps = lab.Nodes.Select(KernelObjects.Maps).ToList();
        var clock = Stopwatch.StartNew();
        await using var traffic = await ConstantTraffic.StartAsync(paths, rate: 10, connections: 5);
        await KillAsync(lab);
        var replaced = await UpgradeAsync(lab);
        var busiest = lab.Nodes.Sum(NodeFootprint.ConntrackOf);
        var totals = await traffic.AssertFlawlessAsync(
            $"{routing}, {Kills} kills and {Upgrades} upgrades", () => string.Join('\n', lab.Nodes.Select(n => $"--- {n.Name}:\n{n.LogTail()}")));

        output.WriteLine($"{routing}: {Kills} kills (SIGKILL and SIGTERM), {Upgrades} rolling upgrades of {lab.Nodes.Count} nodes in {clock.Elapsed.TotalSeconds:F0} s");
        output.WriteLine($"  {totals}");
        await AssertFreedAsync(replaced);
        output.WriteLine($"  programs replaced {replaced.Count}, of which still in the kernel 0");
        var after = lab.Nodes.Select(NodeFootprint.Of).ToList();
        foreach (var (node, i) in lab.Nodes.Select((n, i) => (n, i)))
        {
            output.WriteLine($"  {node.Name} before: {before[i]}");
            output.WriteLine($"  {node.Name} after:  {after[i]}");
            AssertNoMore(before[i], after[i], node);
            Assert.Equal(maps[i], KernelObjects.Maps(node));
        }

        await ReportConntrackAsync(lab, conntrack, busiest);
    }

    /// <summary>Pods on both nodes behind one service that has node ports, too.</summary>
    private static async Task<IReadOnlyList<TrafficPath>> PopulateAsync(LabCluster lab)
    {
        var (a, b) = (lab.Nodes[0], lab.Nodes[1]);
        var client = await lab.AddPodAsync(a, "a1");
        LabPod[] backends = [await lab.AddPodAsync(a, "a2"), await lab.AddPodAsync(b, "b1"), await lab.AddPodAsync(b, "b2")];
        var service = lab.NewService("spread") with { Type = LabServiceType.NodePort };
        lab.Apply(service);
        lab.SetBackends(service, [.. backends.Select(p => (LabBackend)p)]);
        await lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
        return
        [
            new("from a pod to the service", client, service.EndPoint),
            new("from a node to the service", a, service.EndPoint),
            new("from outside to a node port", lab.Outside, ipv6 => service.NodePortOf(a, ipv6)),
        ];
    }

    /// <summary>Both agents at once, one with a chance to clean up and one without.</summary>
    private static async Task KillAsync(LabCluster lab)
    {
        for (var kill = 0; kill < Kills; kill += lab.Nodes.Count)
        {
            foreach (var (node, i) in lab.Nodes.Select((n, i) => (n, i)))
            {
                if ((kill / lab.Nodes.Count + i) % 2 == 0)
                {
                    node.KillAgent();
                }
                else
                {
                    Assert.Equal(0, node.StopAgent());
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500));
            await lab.StartAgentsAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    /// <summary>Node after node gets another object, or other constants in it. Returns the ids of programs that were replaced.</summary>
    private static async Task<IReadOnlyList<uint>> UpgradeAsync(LabCluster lab)
    {
        var replaced = new List<uint>();
        for (var upgrade = 0; upgrade < Upgrades; upgrade++)
        {
            string[] constants = ["--snat-ports", upgrade % 4 < 2 ? "20000-29998" : "20000-29999"];
            foreach (var node in lab.Nodes)
            {
                var old = KernelObjects.ProgramIds(node);
                Assert.Equal(0, node.StopAgent());
                node.BpfObject = upgrade % 2 == 0 ? lab.Programs.BpfObject : AnotherObject(lab, upgrade);
                node.StartAgent(lab.Routing, constants);
                await node.AwaitReadyAsync(lab.Options.ReadyTimeout);
                Assert.Empty(old.Intersect(KernelObjects.ProgramIds(node)));
                replaced.AddRange(old);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }

        return replaced;
    }

    /// <summary>The same programs in a file of another fingerprint, as a new release has one: all are loaded anew.</summary>
    private static string AnotherObject(LabCluster lab, int upgrade)
    {
        var path = Path.Combine(lab.Directory, $"release-{upgrade}.bpf.o");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(lab.Programs.BpfObject), (byte)upgrade]);
        return path;
    }

    private static Task<TimeSpan> AssertFreedAsync(IReadOnlyList<uint> programs) => Wait.UntilAsync(
        "the kernel has freed the programs that were replaced", TimeSpan.FromSeconds(10), () => !programs.Any(KernelObjects.IsLoaded));

    private static void AssertNoMore(NodeFootprint before, NodeFootprint after, LabNode node)
    {
        Assert.True(after.Descriptors <= before.Descriptors + SpareDescriptors, $"{node.Name}: descriptors {before.Descriptors} -> {after.Descriptors}");
        Assert.Equal(
            (before.Programs, before.Maps, before.Links, before.Filters, before.Routes), (after.Programs, after.Maps, after.Links, after.Filters, after.Routes));
        Assert.Equal(before.Files, after.Files);
    }

    /// <summary>Ended flows are swept when their time is over: a closed connection's after two minutes, one of UDP after three.</summary>
    private async Task ReportConntrackAsync(LabCluster lab, int before, int busiest)
    {
        if (Long)
        {
            await Wait.UntilAsync("ended flows are forgotten", TimeSpan.FromMinutes(5), () => lab.Nodes.Sum(NodeFootprint.ConntrackOf) <= before);
        }

        output.WriteLine($"  conntrack entries: {before} before, {busiest} under load, {lab.Nodes.Sum(NodeFootprint.ConntrackOf)} {(Long ? "when their time was over" : "right after")}");
    }
}
