using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class AgentRepairTests : IDisposable
{
    /// <summary>Two seconds are promised; a machine that is busy with other tests takes longer.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void Starting_again_makes_flows_look_up_their_ways()
    {
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        Assert.Equal(0, _agent.Stop());
        var before = EpochOf(maps);

        _agent.Start();
        _agent.WaitReady();

        Assert.NotEqual(before, EpochOf(maps));
    }

    [Fact]
    public void A_connected_pods_map_entry_comes_back_while_the_agent_runs_and_when_it_starts()
    {
        _agent.Ready();
        var (index, address) = _agent.Pod();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        var key = Address.From(address);
        bool There() => maps.Endpoints.TryLookup(key, out var entry) && entry.Ifindex == (uint)index;
        _agent.WaitFor(There, 10, "aware of the pod");
        var before = EpochOf(maps);

        maps.Endpoints.Delete(key);
        var back = _agent.WaitFor(There, 10, "aware of the pod again");
        _agent.WaitFor(() => EpochOf(maps) != before, 10, "telling flows of it");
        Assert.Equal(0, _agent.Stop());
        maps.Endpoints.Delete(key);
        _agent.Start();
        _agent.WaitReady();
        _agent.WaitFor(There, 10, "aware of the pod after its start");
        _agent.Node.Netlink.Links.Delete(index);
        new EndpointStore(_agent.StateDir).Release(new AttachmentKey("c1", "eth0"));
        _agent.WaitFor(() => !There(), 10, "rid of the entry that it put back");

        Assert.True(back < Soon, $"the entry took {back}");
    }

    [Fact]
    public void Pins_that_something_removes_are_back_with_what_they_held()
    {
        _agent.Ready();
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        var flow = new FlowTuple { Saddr = Address.Parse("10.244.0.7"), Daddr = Address.Parse("10.244.0.8"), Protocol = 6 };
        maps.Conntrack.Update(flow, new ConntrackEntry { LastSeen = ulong.MaxValue });
        var (programs, links) = (_agent.ProgramIds(), new LinkStore(_agent.Root).List().Count);

        // Held while they go: it looks every second, and could make some again before the directory is empty.
        _agent.Signal("STOP");
        Directory.Delete(_agent.Root, recursive: true);
        _agent.Signal("CONT");
        var back = _agent.WaitFor(() => Pinned(programs, links), 10, "pinned again");

        Assert.True(back < Soon, $"the pins took {back}");
        using var again = NetweirMaps.OpenPinned(_agent.Root);
        Assert.True(again.Conntrack.TryLookup(flow, out _));
        Assert.Equal(maps.Frontends.Info.Id, again.Frontends.Info.Id);
        _agent.Counts("netweir_external_changes_total{kind=\"pin\"}");
        // The way out of a pod, as of a new node, is still programmed into the maps that the programs use.
        _agent.Apply("third", "10.0.0.3", "10.244.2.0/24");
        _agent.WaitFor(() => again.Ipcache.TryLookup(IpcachePlan.Key(System.Net.IPNetwork.Parse("10.244.2.0/24")), out _), 10, "aware of the new node");
        Assert.Equal(programs, _agent.ProgramIds());
    }

    private bool Pinned(List<uint> programs, int links) =>
        new ProgramStore(_agent.Root).List().Count == programs.Count && new LinkStore(_agent.Root).List().Count == links
        && _agent.ProgramIds().SequenceEqual(programs);

    [Fact]
    public void An_object_that_is_cut_off_is_a_condition_and_the_old_programs_go_on()
    {
        var whole = File.ReadAllBytes(_agent.Object);
        _agent.Object = Path.Combine(_agent.Node.Directory, "netweir.bpf.o");
        File.WriteAllBytes(_agent.Object, whole);
        _agent.Ready();
        var programs = _agent.ProgramIds();

        File.WriteAllBytes(_agent.Object, whole.AsSpan(0, whole.Length / 2));
        _agent.Apply("third", "10.0.0.3", "10.244.2.0/24");
        _agent.WaitFor(() => _agent.Get("/readyz").Contains($"[-] programs: {_agent.Object}: ", StringComparison.Ordinal), 40, "refusing the object");
        using var maps = NetweirMaps.OpenPinned(_agent.Root);
        _agent.WaitFor(() => maps.Ipcache.TryLookup(IpcachePlan.Key(System.Net.IPNetwork.Parse("10.244.2.0/24")), out _), 10, "aware of the new node");
        Assert.Equal(programs, _agent.ProgramIds());

        Assert.Equal(0, _agent.Stop());
        _agent.Start();
        _agent.WaitFor(() => _agent.Get("/readyz").Contains($"[-] programs: {_agent.Object}: ", StringComparison.Ordinal), 40, "refusing it after a start");
        File.WriteAllBytes(_agent.Object, whole);
        _agent.Apply("third", "10.0.0.3", "10.244.3.0/24");
        _agent.WaitReady();
        Assert.DoesNotContain("   at Netweir", _agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Direct_routing_removes_the_overlay_that_an_earlier_agent_made()
    {
        _agent.Ready();
        Assert.NotNull(_agent.Node.Netlink.Links.Find(NetworkNames.Overlay));
        Assert.Equal(0, _agent.Stop());

        _agent.Start("--routing", "direct");
        _agent.WaitReady();

        _agent.WaitFor(() => _agent.Node.Netlink.Links.Find(NetworkNames.Overlay) is null, 10, "rid of the overlay");
        Assert.NotNull(_agent.Node.Netlink.Links.Find(NetworkNames.Host));
    }

    private static ulong EpochOf(NetweirMaps maps)
    {
        Assert.True(maps.Epoch.TryLookup(0, out var epoch));
        return epoch;
    }
}
