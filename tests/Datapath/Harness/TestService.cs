namespace Netweir.Datapath.Tests.Harness;

/// <summary>One service port on one node; writes what the agent would, in its order.</summary>
internal sealed class TestService
{
    private const uint SlotsPerList = 8;
    private readonly TestNode _node;
    private readonly uint _id;
    private readonly List<FrontendKey> _frontends = [];
    private readonly List<uint> _inside = [];
    private readonly List<uint> _outside = [];
    private FrontendFlag _flags;
    private uint _affinityTimeout;

    public TestService(TestNode node, uint id, FrontendKey frontend)
    {
        (_node, _id) = (node, id);
        _frontends.Add(frontend);
        Write();
    }

    /// <summary>The number of backends that this node's clients have; flows find them by the index into nw_backends.</summary>
    public int Count => _inside.Count;

    /// <summary>In the lists of this node's clients and of those outside, or in one of them.</summary>
    public TestService Backend(
        string address, int port, bool inside = true, bool outside = true, BackendFlag lists = BackendFlag.ClusterList | BackendFlag.LocalList)
    {
        var index = _node.NextBackend();
        Place(index, address, port, 1, lists);
        if (inside)
        {
            _inside.Add(index);
        }
        if (outside)
        {
            _outside.Add(index);
        }
        Write();
        return this;
    }

    /// <summary>Served at this address, too; a family's unspecified one is all of the node's.</summary>
    public TestService At(string address, int port)
    {
        _frontends.Add(_frontends[0] with { Address = Address.Parse(address), Port = (ushort)port });
        Write();
        return this;
    }

    public TestService With(FrontendFlag flags, uint affinityTimeout = 0)
    {
        (_flags, _affinityTimeout) = (flags, affinityTimeout);
        Write();
        return this;
    }

    /// <summary>The load balancer's clients; the range is of the frontend's family.</summary>
    public TestService AllowFrom(string range)
    {
        var network = System.Net.IPNetwork.Parse(range);
        Address address = network.BaseAddress;
        var bits = network.PrefixLength + (address.IsIPv4 ? Address.IPv4PrefixOffset : 0);
        _node.SourceRanges[new SourceRangeKey { PrefixLength = 32 + (uint)bits, Service = _id, Address = address }] = 1;
        return With(_flags | FrontendFlag.SourceRanges, _affinityTimeout);
    }

    /// <summary>The address is one of services: its other ports are refused.</summary>
    public TestService Marked()
    {
        _node.Frontends[new FrontendKey { Address = _frontends[0].Address }] = new Frontend { Service = _id, Flags = (uint)FrontendFlag.Address };
        return this;
    }

    /// <summary>The place of a backend is given to another one: a new generation.</summary>
    public void Replace(int which, string address, int port)
    {
        var old = _node.Backends[_inside[which]];
        Refer(old, -1);
        Place(_inside[which], address, port, old.Generation + 1, (BackendFlag)old.Flags);
    }

    public void Remove(int which)
    {
        var index = TakeOut(which);
        Refer(_node.Backends[index], -1);
        _node.Backends[index] = default;
    }

    /// <summary>No slot any more, but its flows go on.</summary>
    public void Terminate(int which)
    {
        var index = TakeOut(which);
        _node.Backends[index] = _node.Backends[index] with { Flags = 0 };
    }

    public TestService DropWhenEmpty() => With(FrontendFlag.InsideDrop | FrontendFlag.OutsideDrop);

    private uint TakeOut(int which)
    {
        var index = _inside[which];
        _inside.RemoveAt(which);
        _outside.Remove(index);
        Write();
        return index;
    }

    private void Place(uint index, string address, int port, uint generation, BackendFlag lists)
    {
        var backend = new Backend
        {
            Address = Address.Parse(address),
            Port = (ushort)port,
            Protocol = _frontends[0].Protocol,
            Service = _id,
            Generation = generation,
            Flags = (uint)lists,
        };
        _node.Backends[index] = backend;
        Refer(backend, 1);
    }

    private void Refer(in Backend backend, int difference)
    {
        var key = new FrontendKey { Address = backend.Address, Port = backend.Port, Protocol = backend.Protocol };
        var count = (int)(_node.BackendRefs.Find(key) ?? 0) + difference;
        if (count > 0)
        {
            _node.BackendRefs[key] = (uint)count;
        }
        else
        {
            _node.BackendRefs.Remove(key);
        }
    }

    private SlotList Slots(uint start, List<uint> backends)
    {
        for (var i = 0; i < backends.Count; i++)
        {
            _node.Slots[start + (uint)i] = backends[i];
        }
        return new SlotList { Base = start, Count = (uint)backends.Count };
    }

    private void Write()
    {
        var frontend = new Frontend
        {
            Service = _id,
            Flags = (uint)_flags,
            Inside = Slots(_id * 2 * SlotsPerList, _inside),
            Outside = Slots(((_id * 2) + 1) * SlotsPerList, _outside),
            AffinityTimeout = _affinityTimeout,
        };
        foreach (var key in _frontends)
        {
            _node.Frontends[key] = frontend;
        }
    }
}
