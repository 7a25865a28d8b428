using System.Diagnostics;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Labs leave nothing on the machine.</summary>
public sealed class CleanupTests
{
    [Fact]
    public async Task A_disposed_lab_leaves_nothing()
    {
        var lab = await LabCluster.CreateAsync(new LabOptions { Nodes = 1 });
        await lab.AddPodAsync(lab.Nodes[0], "pod");
        var agent = lab.Nodes[0].AgentProcessId;
        // Namespaces: LAN, outside, node, pod. Directories: pins, files.
        Assert.Equal(6, LabJanitor.LeftoversOf(lab.Name).Count);
        await lab.DisposeAsync();
        Assert.Empty(LabJanitor.LeftoversOf(lab.Name));
        Assert.False(Directory.Exists($"/proc/{agent}"));
    }

    [Fact]
    public async Task The_janitor_removes_what_a_killed_owner_left_and_spares_the_living()
    {
        var alive = await LabCluster.CreateAsync(new LabOptions { Nodes = 1, StartAgents = false });
        var dead = $"nwlab-{DeadProcess()}-dead";
        var files = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), dead, "processes"));
        var pins = Directory.CreateDirectory($"/sys/fs/bpf/netweir-{dead}-node-a/maps");
        using var left = Process.Start("sleep", "60");
        var stat = await File.ReadAllTextAsync($"/proc/{left.Id}/stat");
        await File.WriteAllTextAsync(Path.Combine(files.FullName, $"{left.Id}"), $"{left.Id} {stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}");
        NetworkNamespace.Create($"{dead}-n1").Dispose();
        try
        {
            Assert.Contains(dead, LabJanitor.RemoveDeadLabs());
            Assert.Empty(LabJanitor.LeftoversOf(dead));
            Assert.False(pins.Exists && Directory.Exists(pins.FullName));
            Assert.True(left.WaitForExit(TimeSpan.FromSeconds(2)));
            Assert.NotEmpty(LabJanitor.LeftoversOf(alive.Name));
        }
        finally
        {
            left.Kill();
            NetworkNamespace.Delete($"{dead}-n1");
            await alive.DisposeAsync();
        }
    }

    private static int DeadProcess()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
