using Netweir.Endpoints;
using Netweir.Support.Lab;

namespace Netweir.Controller.Tests;

/// <summary>Without room on the disk the agent goes on, says what it cannot write, and writes it when there is room.</summary>
public sealed class AgentFullDiskTests : IDisposable
{
    private const string NoSpace = "No space left on device";
    private readonly AgentProcess _agent = new();
    private readonly List<string> _mounted = [];

    public void Dispose()
    {
        foreach (var directory in _mounted)
        {
            Command.Run(["umount", "-l", directory]);
        }
        _agent.Dispose();
    }

    [Fact]
    public void An_agent_that_starts_on_a_full_disk_serves_and_publishes_when_there_is_room()
    {
        Mount(_agent.StateDir);
        Mount(_agent.RunDir);
        Fill(_agent.StateDir);
        Fill(_agent.RunDir);
        _agent.ApplyServiceCidr("10.96.0.0/16");
        _agent.Apply("own", "10.0.0.1", "10.244.0.0/24");
        _agent.Apply("peer", "10.0.0.2", "10.244.1.0/24");
        ApplyApiServers("10.0.0.77");
        _agent.Start("--routing", "direct");

        _agent.WaitFor(() => _agent.Get("/readyz").Contains(NoSpace, StringComparison.Ordinal), 60, "telling that the disk is full");
        _agent.WaitFor(() => _agent.Node.OwnRoutes().Exists(r => r.Destination.ToString() == "10.244.1.0/24"), 20, "routed to the peer all the same");
        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[+] attachments", StringComparison.Ordinal), 20, "attached all the same");
        _agent.WaitFor(() => _agent.Get("/readyz").Contains($"[!] {_agent.StateDir}/api-servers cannot be written", StringComparison.Ordinal), 10, "telling of the API servers' file");
        var programs = _agent.ProgramIds();
        Thread.Sleep(3000);
        Assert.Equal(programs, _agent.ProgramIds());
        Assert.False(File.Exists(_agent.Conflist), "the runtime is told of a network whose facts are not there");

        Empty(_agent.RunDir);
        Empty(_agent.StateDir);
        _agent.WaitReady();
        Assert.Equal(programs, _agent.ProgramIds());
        _agent.WaitFor(() => File.Exists(Path.Combine(_agent.StateDir, "api-servers")), 5, "writing down the API servers");
        _agent.WaitFor(() => !_agent.Get("/readyz").Contains(NoSpace, StringComparison.Ordinal), 5, "content");
        Assert.Equal(0, _agent.Stop());
        _agent.Start("--routing", "direct");
        _agent.WaitReady();
        Assert.Equal(programs, _agent.ProgramIds());
    }

    [Fact]
    public void A_disk_that_fills_up_meanwhile_stops_nothing()
    {
        Mount(_agent.StateDir);
        Mount(_agent.RunDir);
        _agent.Ready();
        var (index, address) = _agent.Pod();
        _agent.WaitFor(() => _agent.Node.OwnRoutes().Exists(r => r.LinkIndex == index), 10, "connected to the pod");
        var overlay = _agent.Node.Netlink.Links.Get("nw_overlay").Index;
        Fill(_agent.StateDir);
        Fill(_agent.RunDir);

        // Each would write a file.
        ApplyApiServers("10.0.0.78");
        // Gone, without a moment in which there is room for another.
        File.Move(Path.Combine(_agent.RunDir, "node.json"), Path.Combine(_agent.RunDir, "aside"));
        _agent.Apply("third", "10.0.0.3", "10.244.2.0/24");

        _agent.WaitFor(() => _agent.Get("/readyz").Contains($"[-] cni: {NoSpace}", StringComparison.Ordinal), 10, "telling of node.json");
        _agent.WaitFor(() => _agent.Get("/readyz").Contains("[!] " + _agent.StateDir, StringComparison.Ordinal), 10, "telling of the API servers' file");
        _agent.WaitFor(() => _agent.Node.OwnRoutes().Exists(r => r.Destination.ToString() == "10.244.2.0/24"), 10, "routed to the new node");
        _agent.Node.Netlink.Links.Delete(overlay);
        _agent.WaitFor(() => _agent.Node.Netlink.Links.Find("nw_overlay") is not null, 10, "making the overlay again");
        var made = _agent.Node.Netlink.Links.Get("nw_overlay").Index;
        Thread.Sleep(3000);
        Assert.Equal(made, _agent.Node.Netlink.Links.Get("nw_overlay").Index);
        Assert.Contains(_agent.Node.OwnRoutes(), r => r.Destination.BaseAddress.Equals(address));
        Assert.Single(new EndpointStore(_agent.StateDir).List());

        Empty(_agent.RunDir);
        Empty(_agent.StateDir);
        _agent.WaitFor(() => File.Exists(Path.Combine(_agent.RunDir, "node.json")), 40, "publishing node.json");
        _agent.WaitFor(() => File.ReadAllText(Path.Combine(_agent.StateDir, "api-servers")).Contains("10.0.0.78", StringComparison.Ordinal), 10, "writing down the API servers");
        _agent.WaitReady();
        Assert.DoesNotContain(Directory.GetFiles(_agent.RunDir, ".*").Concat(Directory.GetFiles(_agent.StateDir, ".*")), f => f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private void Mount(string directory)
    {
        Directory.CreateDirectory(directory);
        Command.Run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", directory]).Checked();
        _mounted.Add(directory);
    }

    private static void Fill(string directory)
    {
        var free = new DriveInfo(directory).AvailableFreeSpace;
        using var ballast = new FileStream(Path.Combine(directory, "ballast"), FileMode.Append);
        ballast.Write(new byte[free]);
        ballast.Flush();
        Assert.Equal(0, new DriveInfo(directory).AvailableFreeSpace);
    }

    private static void Empty(string directory) => File.Delete(Path.Combine(directory, "ballast"));

    private void ApplyApiServers(string address) => _agent.Api.Apply(
        $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: kubernetes
          namespace: default
          labels: {kubernetes.io/service-name: kubernetes}
        addressType: IPv4
        ports: [{name: https, port: 6443, protocol: TCP}]
        endpoints:
        - addresses: [{{address}}]
          conditions: {ready: true}
        """);
}
