using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>The kernel forwards without the agent, and the agent disturbs nothing when it comes back. Under load: <see cref="SoakTests"/>.</summary>
public sealed class AgentRestartTests(DirectLab lab) : IClassFixture<DirectLab>
{
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
}
