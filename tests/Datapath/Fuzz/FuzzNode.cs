namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>Node A of a small cluster with services of every kind; its datapath alone is run.</summary>
internal sealed class FuzzNode : IDisposable
{
    /// <summary>Few, so that they are used up.</summary>
    private const ushort SnatPorts = 64;
    private const int NodePort = 30080;
    private readonly Cluster _cluster;
    private readonly List<TestService> _changing = [];

    public FuzzNode(string name, IpcacheRouting routing, Func<Config, Config>? configure = null)
    {
        Name = name;
        _cluster = new Cluster(Family.IPv4, routing, config => (configure ?? (c => c))(config with { SnatPortMax = Cluster.PortMin + SnatPorts - 1 }));
        Node.Pod(Net.V6.A1, Device.Pod1).Pod(Net.V6.A2, Device.Pod2);
        foreach (var net in new[] { Net.V4, Net.V6 })
        {
            Populate(net);
        }
    }

    public string Name { get; }

    public TestNode Node => _cluster.A;

    public bool EncapsulatesInBpf => _cluster.IsTunnel && Node.Config.VxlanInBpf != 0;

    public bool UnpacksInBpf => Node.Config.VxlanInBpf != 0;

    /// <summary>As it happens in a cluster: a backend is replaced, or the ways are new.</summary>
    public void Change(Random random)
    {
        if (random.Next(2) == 0)
        {
            Node.NewEpoch();
            return;
        }
        var service = _changing[random.Next(_changing.Count)];
        var net = _changing.IndexOf(service) % 2 == 0 ? Net.V4 : Net.V6;
        service.Replace(0, random.Next(2) == 0 ? net.A2 : net.B2, 8080);
    }

    public void Dispose() => _cluster.Dispose();

    private void Populate(Net net)
    {
        _changing.Add(Node.Service(net.Vip, 80).Backend(net.A1, 8080).Backend(net.B1, 8080).Backend(net.NodeA, 8080).Backend(net.World, 8080).Marked());
        Node.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353).Backend(net.B1, 5353).With(FrontendFlag.None, affinityTimeout: 10);
        Node.Service(net.Vip, 80, IpProtocol.Sctp).Backend(net.A1, 8080).Backend(net.B1, 8080);
        Node.Service(net.Vip2, 80);
        Node.Service(net.Vip2, 53, IpProtocol.Udp).DropWhenEmpty();
        Node.Service(net.Vip2, 8080).Backend(net.A1, 8080).AllowFrom(net.OfficeRange);
        Node.NodePort(net, NodePort).Backend(net.A2, 8080).Backend(net.B1, 8080);
        Node.NodePort(net, NodePort, IpProtocol.Udp).Backend(net.A2, 5353).Backend(net.NodeA, 5353).With(FrontendFlag.Consistent);
    }
}
