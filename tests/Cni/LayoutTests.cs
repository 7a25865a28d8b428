using System.Diagnostics;
using System.Net;
using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Cni.Tests;

/// <summary>The plugin writes maps without the generated layouts; this is what keeps it true to them.</summary>
public sealed class LayoutTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Map_entries_have_the_layout_that_the_datapath_declares()
    {
        _node.Add("c1", _node.NewPod());
        EndpointRecord record = Assert.Single(_node.Store.List());
        using BpfMap<Address, Endpoint> endpoints = MapSpecs.Endpoints.OpenPinned(_node.BpfRoot);

        foreach (IPAddress address in record.Addresses)
        {
            Assert.True(endpoints.TryLookup(new Address(address.GetAddressBytes()), out Endpoint entry), address.ToString());
            Assert.Equal(
                ((uint)record.HostInterfaceIndex, record.PodMac.ToString(), record.HostMac.ToString()),
                (entry.Ifindex, entry.Mac.ToString(), entry.HostMac.ToString()));
        }
    }

    [Fact]
    public void Epoch_moves_with_every_add_and_del()
    {
        using BpfMap<uint, ulong> epoch = MapSpecs.Epoch.OpenPinned(_node.BpfRoot);
        var seen = new List<ulong> { Read(epoch) };
        _node.Add("c1", _node.NewPod());
        seen.Add(Read(epoch));
        _node.Add("c2", _node.NewPod());
        seen.Add(Read(epoch));
        Assert.Equal(0, _node.Run("DEL", "c1", null).ExitCode);
        seen.Add(Read(epoch));

        Assert.Equal(0ul, seen[0]);
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(4, seen.Distinct().Count());
    }

    [Fact]
    public void Epoch_is_the_clock_that_the_agent_uses_and_never_the_same_twice()
    {
        using BpfMap<uint, ulong> epoch = MapSpecs.Epoch.OpenPinned(_node.BpfRoot);
        ulong before = (ulong)Stopwatch.GetTimestamp();
        _node.Add("c1", _node.NewPod());
        Assert.InRange(Read(epoch), before, (ulong)Stopwatch.GetTimestamp());

        ulong ahead = (ulong)Stopwatch.GetTimestamp() * 2;
        epoch.Update(0, ahead);
        _node.Add("c2", _node.NewPod());
        Assert.Equal(ahead + 1, Read(epoch));
    }

    [Fact]
    public void Del_moves_the_epoch_after_one_that_died_before_it_could()
    {
        TestNamespace pod = _node.NewPod();
        _node.Add("c1", pod);
        using BpfMap<uint, ulong> epoch = MapSpecs.Epoch.OpenPinned(_node.BpfRoot);
        using BpfMap<Address, Endpoint> endpoints = MapSpecs.Endpoints.OpenPinned(_node.BpfRoot);
        foreach (IPAddress address in _node.Store.List()[0].Addresses)
        {
            Assert.True(endpoints.Delete(new Address(address.GetAddressBytes())));
        }

        ulong before = Read(epoch);
        Assert.Equal(0, _node.Run("DEL", "c1", pod).ExitCode);

        Assert.True(Read(epoch) > before, "conntrack entries would go on sending to an interface that is gone");
        _node.AssertEmpty();
    }

    private static ulong Read(BpfMap<uint, ulong> epoch) => epoch.TryLookup(0, out ulong value) ? value : throw new InvalidOperationException("an array has all its entries");
}
