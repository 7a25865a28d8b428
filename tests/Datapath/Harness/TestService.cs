namespace Netweir.Datapath.Tests.Harness;

/// <summary>One service port on one node; writes what the agent would, in its order.</summary>
internal sealed class TestService
{
    private const uint SlotsPerService = 8;
    private readonly TestNode _node;
    private readonly uint _id;
    private readonly FrontendKey _frontend;
    private readonly List<uint> _backends = [];

    public TestService(TestNode node, uint id, FrontendKey frontend)
    {
        (_node, _id, _frontend) = (node, id, frontend);
        Write(0);
    }

    /// <summary>The number of backends; flows find them by the index into nw_backends.</summary>
    public int Count => _backends.Count;

    public TestService Backend(string address, int port)
    {
        var index = _node.NextBackend();
        Place(index, address, port, 1);
        _backends.Add(index);
        Write(0);
        return this;
    }

    /// <summary>The place of a backend is given to another one: a new generation.</summary>
    public void Replace(int which, string address, int port)
    {
        var old = _node.Backends[_backends[which]];
        Refer(old, -1);
        Place(_backends[which], address, port, old.Generation + 1);
    }

    public void Remove(int which)
    {
        var index = _backends[which];
        _backends.RemoveAt(which);
        Write(0);
        Refer(_node.Backends[index], -1);
        _node.Backends[index] = default;
    }

    /// <summary>No slot any more, but its flows go on.</summary>
    public void Terminate(int which)
    {
        _backends.RemoveAt(which);
        Write(0);
    }

    public TestService DropWhenEmpty()
    {
        Write((uint)FrontendFlag.DropWhenEmpty);
        return this;
    }

    private void Place(uint index, string address, int port, uint generation)
    {
        var backend = new Backend
        {
            Address = Address.Parse(address),
            Port = (ushort)port,
            Protocol = _frontend.Protocol,
            Service = _id,
            Generation = generation,
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

    private void Write(uint flags)
    {
        for (var i = 0; i < _backends.Count; i++)
        {
            _node.Slots[(_id * SlotsPerService) + (uint)i] = _backends[i];
        }
        _node.Frontends[_frontend] = new Frontend
        {
            Service = _id,
            SlotBase = _id * SlotsPerService,
            SlotCount = (uint)_backends.Count,
            Flags = flags,
        };
    }
}
