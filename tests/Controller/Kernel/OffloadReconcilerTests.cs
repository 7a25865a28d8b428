using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller.Tests;

/// <summary>On the kernel's own devices: a veth takes large packets, a VXLAN device refuses them.</summary>
public sealed class OffloadReconcilerTests : IDisposable
{
    private const int Size = 196608;
    private static readonly OffloadSizes Default = new(65536, 65536, 65536, 65536);
    private static readonly OffloadSizes Big = new(Size, Size, Size, Size);
    private readonly TestNode _node = new();
    private readonly List<string> _problems = [];

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Sizes_are_raised_once_and_put_back_by_whoever_comes_later()
    {
        Assert.Equal(Default, Uplink.OffloadSizes);
        var first = Reconciler();
        Assert.Equal(Size, first.Reconcile([Uplink], Size, _problems));
        Assert.Equal(Big, Uplink.OffloadSizes);
        var entry = Assert.Single(_node.Ledger.Of(LedgerKind.Offload));
        Assert.Equal(("196608 196608 196608 196608", "65536 65536 65536 65536"), (entry.Detail, entry.Before));

        Assert.Equal(Size, first.Reconcile([Uplink], Size, _problems));
        Assert.Equal(Size, Reconciler().Reconcile([Uplink], Size, _problems));
        Assert.Equal(entry, Assert.Single(_node.Ledger.Of(LedgerKind.Offload)));

        Assert.Equal(0, Reconciler().Reconcile([Uplink], 0, _problems));
        Assert.Equal(Default, Uplink.OffloadSizes);
        Assert.Empty(_node.Ledger.Of(LedgerKind.Offload));
        Assert.Empty(_problems);
        Assert.Empty(_node.Tampered);
    }

    [Fact]
    public void What_somebody_else_changes_is_raised_again_or_number_by_number_left_to_them()
    {
        var reconciler = Reconciler();
        reconciler.Reconcile([Uplink], Size, _problems);
        _node.Netlink.Links.SetOffloadSizes(_node.Uplink, Default);
        reconciler.Reconcile([Uplink], Size, _problems);
        Assert.Equal(Big, Uplink.OffloadSizes);
        Assert.Equal(["link"], _node.Tampered);

        var theirs = Big with { GroIPv4 = 100_000 };
        _node.Netlink.Links.SetOffloadSizes(_node.Uplink, theirs);
        reconciler.Reconcile([Uplink], 0, _problems);
        Assert.Equal(Default with { GroIPv4 = 100_000 }, Uplink.OffloadSizes);
        Assert.Empty(_node.Ledger.Of(LedgerKind.Offload));
    }

    [Fact]
    public void Growth_of_its_own_is_nobody_elses_change_also_when_an_agent_that_ran_earlier_began_it()
    {
        var first = Reconciler();
        first.Reconcile([Uplink], 100_000, _problems);
        first.Reconcile([Uplink], 150_000, _problems);
        var second = Reconciler();
        second.Reconcile([Uplink], Size, _problems);
        Assert.Equal(Big, Uplink.OffloadSizes);
        Assert.Empty(_node.Tampered);

        // Theirs is larger than ours, then one number smaller.
        _node.Netlink.Links.SetOffloadSizes(_node.Uplink, Big with { Gso = 200_000 });
        second.Reconcile([Uplink], 198_000, _problems);
        Assert.Equal(new OffloadSizes(200_000, 198_000, 198_000, 198_000), Uplink.OffloadSizes);
        Assert.Empty(_node.Tampered);
        _node.Netlink.Links.SetOffloadSizes(_node.Uplink, Uplink.OffloadSizes with { Gro = Size });
        second.Reconcile([Uplink], 198_000, _problems);
        Assert.Equal(["link"], _node.Tampered);
    }

    [Fact]
    public void Larger_sizes_than_asked_for_stay()
    {
        var theirs = new OffloadSizes(400_000, 65536, 65536, 300_000);
        _node.Netlink.Links.SetOffloadSizes(_node.Uplink, theirs);
        var reconciler = Reconciler();
        reconciler.Reconcile([Uplink], Size, _problems);
        Assert.Equal(new OffloadSizes(400_000, Size, Size, 300_000), Uplink.OffloadSizes);
        reconciler.Reconcile([Uplink], 0, _problems);
        Assert.Equal(theirs, Uplink.OffloadSizes);
    }

    [Fact]
    public void One_device_that_refuses_keeps_all_as_they_were_and_is_not_asked_again()
    {
        _node.Netlink.Links.CreateVxlan(new VxlanSpec { Name = "vx0", Port = 4790, Mtu = 1450 });
        var before = Vxlan.OffloadSizes;
        var reconciler = Reconciler();
        for (var turn = 0; turn < 2; turn++)
        {
            _problems.Clear();
            Assert.Equal(0, reconciler.Reconcile([Uplink, Vxlan], Size, _problems));
            Assert.StartsWith("--big-tcp is not in use: vx0 refuses packets of 196608 bytes: ", Assert.Single(_problems), StringComparison.Ordinal);
            Assert.Equal((Default, before), (Uplink.OffloadSizes, Vxlan.OffloadSizes));
            Assert.Empty(_node.Ledger.Of(LedgerKind.Offload));
        }

        Assert.Equal(Size, reconciler.Reconcile([Uplink], Size, _problems));
        Assert.Equal(Big, Uplink.OffloadSizes);
    }

    [Fact]
    public void A_device_that_is_no_uplink_any_more_gets_its_sizes_back()
    {
        _node.Netlink.Links.CreateVeth(new VethSpec { Name = "eth1", PeerName = "eth1x" });
        var second = _node.Netlink.Links.Get("eth1");
        var reconciler = Reconciler();
        reconciler.Reconcile([Uplink, second], Size, _problems);
        Assert.Equal(Big, _node.Netlink.Links.Get("eth1").OffloadSizes);
        reconciler.Reconcile([Uplink], Size, _problems);
        Assert.Equal((Big, Default), (Uplink.OffloadSizes, _node.Netlink.Links.Get("eth1").OffloadSizes));
    }

    private Link Uplink => _node.Netlink.Links.Get(_node.Uplink);

    private Link Vxlan => _node.Netlink.Links.Get("vx0");

    private OffloadReconciler Reconciler() => new(_node.Netlink, _node.Tampering, _node.Ledger);
}
