using System.Net;
using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>The kernel forwards without the agent, and the agent disturbs nothing when it comes back.</summary>
public sealed class AgentRestartTests(DirectLab lab) : IClassFixture<DirectLab>
{
    private const int Connections = 10;

    /// <summary>The long run: a minute, 20 kills, 20 replacements of the programs.</summary>
    private static readonly bool Soak = Environment.GetEnvironmentVariable("NETWEIR_SOAK") == "1";

    [Fact]
    public async Task Killing_the_agents_loses_no_request_and_no_connection()
    {
        var kills = Soak ? 20 : 5;
        var pause = TimeSpan.FromSeconds(Soak ? 1.4 : 1);
        await using var traffic = await ConstantTraffic.StartAsync(lab.A1, lab.NodeA, lab.Spread, Connections);
        for (var kill = 0; kill < kills; kill++)
        {
            lab.NodeA.KillAgent();
            lab.NodeB.KillAgent();
            await Task.Delay(pause);
            await lab.Lab.StartAgentsAsync();
            await Task.Delay(pause);
        }

        await traffic.AssertFlawlessAsync($"{kills} kills", Explain);
    }

    [Fact]
    public async Task Replacing_the_programs_loses_no_request_and_no_connection()
    {
        var replacements = Soak ? 20 : 3;
        await using var traffic = await ConstantTraffic.StartAsync(lab.A1, lab.NodeA, lab.Spread, Connections);
        var programs = KernelObjects.Programs(lab.NodeA);
        for (var round = 0; round < replacements; round++)
        {
            // Another value of a load-time constant makes the agent load and swap all programs.
            await lab.Lab.RestartAgentsAsync(lab.Lab.Routing, "--snat-ports", round % 2 == 0 ? "20000-29998" : "20000-29999");
            var replaced = KernelObjects.Programs(lab.NodeA);
            Assert.NotEqual(programs, replaced);
            programs = replaced;
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        await traffic.AssertFlawlessAsync($"{replacements} replacements", Explain);
    }

    [Fact]
    public async Task A_restarted_agent_leaves_the_kernel_as_it_is()
    {
        var maps = KernelObjects.Maps(lab.NodeA);
        var programs = KernelObjects.Programs(lab.NodeA);
        var dump = Dump();
        lab.NodeA.KillAgent();
        await lab.Lab.StartAgentsAsync();
        await lab.Lab.AwaitServiceAsync(lab.Spread, LabCluster.AnsweredAsync);
        Assert.Equal(maps, KernelObjects.Maps(lab.NodeA));
        Assert.Equal(programs, KernelObjects.Programs(lab.NodeA));
        Assert.Equal(dump, Dump());

        // With ids: a restart that numbered anew would send flows to other backends.
        string Dump() => lab.NodeA.Ctl("maps", "dump", "--all-details", "services", "backends", "frontends", "ipcache", "endpoints").Checked().Output;
    }

    [Fact]
    public async Task Pods_come_and_go_without_the_agent()
    {
        lab.NodeA.KillAgent();
        var pod = await lab.Lab.AddPodAsync(lab.NodeA, "late", ("app", "late"));
        foreach (var ipv6 in (bool[])[false, true])
        {
            Assert.Equal(pod.Address(ipv6), (await pod.TcpAsync(lab.B1.EndPoint(ipv6))).Client.Address);
            Assert.Equal("a2", (await pod.TcpAsync(lab.OnlyA2.EndPoint(ipv6))).Server);
            Assert.Equal("late", (await lab.B1.TcpAsync(pod.EndPoint(ipv6))).Server);
            Assert.Equal("late", (await lab.NodeA.UdpAsync(pod.EndPoint(ipv6))).Server);
        }

        Assert.True(lab.NodeA.Runtime.Check(pod.Sandbox).Succeeded);
        await lab.Lab.StartAgentsAsync();
        Assert.Equal("late", (await lab.B1.TcpAsync(pod.EndPoint(ipv6: false))).Server);
        lab.NodeA.KillAgent();
        await lab.Lab.RemovePodAsync(pod);
        await lab.Lab.StartAgentsAsync();
        Assert.NotNull(await lab.B1.TcpErrorAsync(new IPEndPoint(pod.IPv4, LabPod.Port)));
        Assert.DoesNotContain("late", lab.NodeA.Ctl("maps", "dump", "endpoints").Checked().Output, StringComparison.Ordinal);
    }

    private string Explain() => string.Join("\n", lab.Lab.Nodes.Select(n => $"--- {n.Name}:\n{n.LogTail()}"));
}
