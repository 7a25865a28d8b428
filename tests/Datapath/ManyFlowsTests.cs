namespace Netweir.Datapath.Tests;

/// <summary>A client with few ports that opens, uses and resets connections in random order, while backends come and go.</summary>
public sealed class ManyFlowsTests
{
    private const int Steps = 1500;
    private readonly Dictionary<(int Port, string To), Packet> _open = [];
    private Cluster _cluster = null!;
    private TestService _service = null!;

    [Theory]
    [InlineData(Family.IPv4, 1)]
    [InlineData(Family.IPv4, 2)]
    [InlineData(Family.IPv6, 3)]
    [InlineData(Family.IPv6, 4)]
    public void Every_reply_comes_from_where_its_connection_went(Family family, int seed)
    {
        using var cluster = new Cluster(family);
        _cluster = cluster;
        var net = cluster.Net;
        _service = cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080).Backend(net.B2, 8080);
        cluster.A.Service(net.Vip2, 80).Backend(net.B1, 8080);
        string[] destinations = [Net.At(net.Vip, 80), Net.At(net.Vip2, 80), Net.At(net.B1, 8080), Net.At(net.B2, 8080)];
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            var flow = (Port: random.Next(4000, 4003), To: destinations[random.Next(destinations.Length)]);
            if (!_open.ContainsKey(flow))
            {
                Open(flow);
            }
            else if (random.Next(3) == 0)
            {
                Reset(flow);
            }
            else
            {
                Talk(flow);
            }
            if (random.Next(50) == 0)
            {
                ReplaceBackend(random);
            }
        }
        Assert.InRange(cluster.A.Conntrack.Count, _open.Count, 2 * 3 * destinations.Length);
    }

    private Packet Syn((int Port, string To) flow) => Packet.Tcp(Net.At(_cluster.Net.A1, flow.Port), flow.To).Syn();

    private void Open((int Port, string To) flow)
    {
        var sent = _cluster.A.FromPod(Syn(flow)).ToWire();
        Assert.DoesNotContain(_open.Values, other => TestNode.TupleOf(other) == TestNode.TupleOf(sent));
        _open[flow] = sent;
        PacketAssert.Equal(Syn(flow).Reply().FromGateway(), _cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1));
    }

    private void Talk((int Port, string To) flow)
    {
        var data = Syn(flow).PshAck().Payload("data");
        var sent = _cluster.A.FromPod(data).ToWire();
        Assert.Equal(TestNode.TupleOf(_open[flow]), TestNode.TupleOf(sent));
        PacketAssert.Equal(data.Reply().FromGateway(), _cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1));
    }

    private void Reset((int Port, string To) flow)
    {
        _cluster.A.FromPod(Syn(flow).Rst()).ToWire();
        _open.Remove(flow);
    }

    /// <summary>Its connections are reset: those to the service, which went to the backend that is replaced.</summary>
    private void ReplaceBackend(Random random)
    {
        var which = random.Next(2);
        var address = which == 0 ? _cluster.Net.B1 : _cluster.Net.B2;
        _service.Replace(which, address, 8080);
        foreach (var flow in _open.Keys.Where(flow => flow.To == Net.At(_cluster.Net.Vip, 80) && _open[flow].Destination() == address).ToList())
        {
            _cluster.A.FromPod(Syn(flow).Ack()).Answered(DropReason.BackendGone);
            _open.Remove(flow);
        }
    }
}
