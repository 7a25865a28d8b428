using Netweir.Loader;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

public sealed class HookReconcilerTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly string _root = $"/sys/fs/bpf/nwa-{Guid.NewGuid().ToString("N")[..8]}";
    private readonly ProgramStore _store;
    private readonly ProgramSet _programs;
    private readonly int _other;

    public HookReconcilerTests()
    {
        BpfFileSystem.Ensure(_root, _node.Ledger);
        _store = new ProgramStore(_root);
        using (var open = OpenObject.FromFile(AgentProcess.CompiledObject()))
        {
            using var loaded = open.PinMaps(_root).Load();
            foreach (var hook in HookNames.All)
            {
                _store.Pin(loaded.Program(hook));
            }
        }
        _programs = ProgramSet.TryOpen(_store)!;
        _node.Netlink.Links.CreateVeth(new VethSpec { Name = "eth1", PeerName = "eth1p" });
        _other = _node.Netlink.Links.Get("eth1").Index;
    }

    public void Dispose()
    {
        _programs.Dispose();
        _node.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void Filters_of_an_uplink_that_an_earlier_agent_had_are_removed()
    {
        Reconcile(tcx: false, _node.Uplink, _other);
        Assert.Equal([HookNames.FromNetdev, HookNames.ToNetdev], Attached(_other));

        Reconcile(tcx: false, _node.Uplink);

        Assert.Empty(Attached(_other));
        Assert.Equal([HookNames.FromNetdev, HookNames.ToNetdev], Attached(_node.Uplink));
    }

    [Fact]
    public void Filters_give_way_to_links_and_other_hooks_filters_stay()
    {
        Reconcile(tcx: false, _node.Uplink);
        new FilterReconciler(_node.Tampering, _node.Ledger).Ensure(_node.Netlink, _other, TcDirection.Ingress, _programs[HookNames.FromPod]);

        Reconcile(tcx: true, _node.Uplink);

        Assert.Empty(Attached(_node.Uplink));
        Assert.Equal([HookNames.FromPod], Attached(_other));
        Assert.Equal(2, new LinkStore(_root).List().Count(l => l.Ifindex == (uint)_node.Uplink));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Loopback_has_its_hook_at_egress_and_gets_it_back(bool tcx)
    {
        var filters = new FilterReconciler(_node.Tampering, _node.Ledger);
        var loopback = new HookReconciler(HookPoint.Loopback, _root, tcx, filters, _node.Tampering);
        int Turn()
        {
            var writes = _node.Namespace.Run(() => loopback.Reconcile(_node.Netlink, _programs, [NetworkNames.LoopbackIndex]));
            filters.EndRound();
            return writes;
        }
        Reconcile(tcx, _node.Uplink);

        Assert.Equal(1, Turn());
        Assert.Equal(0, Turn());
        AssertLoopback(tcx);

        Detach(tcx);
        Assert.True(Turn() > 0);
        AssertLoopback(tcx);
        Assert.Equal(tcx ? "program" : "filter", Assert.Single(_node.Tampered));
    }

    [Fact]
    public void A_clsact_that_is_added_is_written_down_and_one_that_was_there_is_not()
    {
        _node.Netlink.TrafficControl.EnsureClsact(_other);

        Reconcile(tcx: false, _node.Uplink, _other);
        Reconcile(tcx: false, _node.Uplink, _other);

        var qdisc = Assert.Single(new Ledger(Path.Combine(_node.Directory, "state")).Read(), e => e.Kind == LedgerKind.Qdisc);
        Assert.Equal(("eth0", $"{_node.Uplink}"), (qdisc.Name, qdisc.Detail));
    }

    [Fact]
    public void Hooks_leave_one_anothers_links_alone()
    {
        var loopback = Hooks(HookPoint.Loopback, tcx: true);
        _node.Namespace.Run(() => loopback.Reconcile(_node.Netlink, _programs, [NetworkNames.LoopbackIndex]));

        Reconcile(tcx: true, _node.Uplink);
        Reconcile(tcx: true);

        var left = Assert.Single(new LinkStore(_root).List());
        Assert.Equal((HookNames.FromLoopback, (uint)NetworkNames.LoopbackIndex), (left.Hook, left.Ifindex));
    }

    [Fact]
    public void A_loopback_filter_gives_way_to_a_link()
    {
        _node.Namespace.Run(() => Hooks(HookPoint.Loopback, tcx: false).Reconcile(_node.Netlink, _programs, [NetworkNames.LoopbackIndex]));

        _node.Namespace.Run(() => Hooks(HookPoint.Loopback, tcx: true).Reconcile(_node.Netlink, _programs, [NetworkNames.LoopbackIndex]));

        AssertLoopback(tcx: true);
        Assert.Empty(Attached(NetworkNames.LoopbackIndex));
    }

    private void Detach(bool tcx)
    {
        if (!tcx)
        {
            Assert.True(_node.Netlink.TrafficControl.Delete(NetworkNames.LoopbackIndex, TcDirection.Egress));
            return;
        }
        using var link = TcxLink.TryOpenPinned(Path.Combine(BpfPaths.Links(_root), $"{HookNames.FromLoopback}-{NetworkNames.LoopbackIndex}"));
        link!.Detach();
    }

    private void AssertLoopback(bool tcx)
    {
        if (!tcx)
        {
            Assert.Equal([HookNames.FromLoopback], Attached(NetworkNames.LoopbackIndex));
            return;
        }
        var link = Assert.Single(new LinkStore(_root).List(), l => l.Hook == HookNames.FromLoopback);
        Assert.Equal((TcxDirection.Egress, (uint)NetworkNames.LoopbackIndex, _programs[HookNames.FromLoopback].Id), (link.Direction, link.Ifindex, link.ProgramId));
    }

    private HookReconciler Hooks(IReadOnlyList<HookPoint> points, bool tcx) =>
        new(points, _root, tcx, new FilterReconciler(_node.Tampering, _node.Ledger), _node.Tampering);

    /// <summary>One turn of an agent that was just started. Links are made in the node's namespace.</summary>
    private void Reconcile(bool tcx, params int[] uplinks) =>
        _node.Namespace.Run(() => Hooks(HookPoint.Uplink, tcx).Reconcile(_node.Netlink, _programs, uplinks));

    private List<string> Attached(int ifindex) =>
    [
        .. from direction in (TcDirection[])[TcDirection.Ingress, TcDirection.Egress]
           let filter = _node.Netlink.TrafficControl.Find(ifindex, direction)
           where filter is not null
           select HookNames.All.Single(h => _programs[h].Id == filter.ProgramId),
    ];
}
