using Netweir.Controller.Services;
using Netweir.Endpoints;
using Netweir.Maps;

namespace Netweir.Controller.Tests;

public sealed class AgentHostPortTests : IDisposable
{
    /// <summary>One is promised; a machine that is busy with other tests takes longer.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);
    private static readonly AttachmentKey PodKey = new("c1", "eth0");
    private static readonly PortMapping[] Mappings =
    [
        new() { HostPort = 8080, ContainerPort = 80 },
        new() { HostPort = 8081, ContainerPort = 80, Protocol = "UDP", HostIP = "10.0.0.1" },
        new() { HostPort = 8081, ContainerPort = 81, HostIP = "127.0.0.1" },
    ];

    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void Host_ports_follow_the_plugins_records_within_a_second()
    {
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);

        var (_, pod) = _agent.Pod(Mappings);
        var there = _agent.WaitFor(() => Mapped(maps).Count == 3, 10, "serving the host ports");
        Assert.Equal(
            [$"0.0.0.0:8080/6 {pod}:80", $"10.0.0.1:8081/17 {pod}:80", $"127.0.0.1:8081/6 {pod}:81"], Mapped(maps).Order(StringComparer.Ordinal));
        new EndpointStore(_agent.StateDir).Release(PodKey);
        var gone = _agent.WaitFor(() => Mapped(maps).Count == 0, 10, "rid of the host ports");

        Assert.True(there < Soon, $"the ports took {there}");
        Assert.True(gone < Soon, $"removing them took {gone}");
    }

    [Fact]
    public void Host_ports_of_pods_that_came_and_went_without_an_agent_follow_when_it_is_back()
    {
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        Assert.Equal(0, _agent.Stop());
        _agent.Pod(Mappings);
        Assert.Empty(Mapped(maps));

        _agent.Start();
        _agent.WaitFor(() => Mapped(maps).Count == 3, 60, "serving the host ports");
        Assert.Equal(0, _agent.Stop());
        Assert.Equal(3, Mapped(maps).Count);
        new EndpointStore(_agent.StateDir).Release(PodKey);
        _agent.Start();
        _agent.WaitFor(() => Mapped(maps).Count == 0, 60, "rid of the host ports");
    }

    [Fact]
    public void A_host_port_waits_for_the_address_that_it_names()
    {
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        _agent.Pod(new PortMapping { HostPort = 8080, ContainerPort = 80, HostIP = "10.0.0.77" });
        _agent.WaitFor(() => _agent.Output.Contains("pod default/web: host port 8080/tcp at 10.0.0.77 is not served", StringComparison.Ordinal), 10, "telling");
        Assert.Empty(Mapped(maps));

        _agent.Node.Address("10.0.0.77", 24);

        _agent.WaitFor(() => Mapped(maps).Count == 1, 5, "serving the host port");
    }

    /// <summary>Frontends of host ports, and the first backend of each.</summary>
    private static List<string> Mapped(NetweirMaps maps)
    {
        var found = new List<string>();
        foreach (var (key, frontend) in maps.Frontends.Entries())
        {
            if (maps.Services.TryLookup(frontend.Service, out var service) && service.Name.ToString() == HostPortKey.For("default", "web").Name
                && maps.Slots.TryLookup(frontend.Outside.Base, out var index) && maps.Backends.TryLookup(index, out var backend))
            {
                found.Add($"{key.Address}:{key.Port.Value}/{key.Protocol} {backend.Address}:{backend.Port.Value}");
            }
        }
        return found;
    }
}
