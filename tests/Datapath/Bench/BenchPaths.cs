namespace Netweir.Datapath.Tests.Bench;

/// <summary>The ways that packets take most, with the state that they meet.</summary>
internal sealed class BenchPaths : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public BenchPaths()
    {
        foreach (var family in Enum.GetValues<Family>())
        {
            AddDirect(family);
            AddVxlan(family);
            AddNew(family);
        }
    }

    public List<BenchPath> All { get; } = [];

    /// <summary>Of every hook's program.</summary>
    public SortedDictionary<string, long> VerifiedInstructions()
    {
        var datapath = ((Cluster)_owned[0]).A.Datapath;
        return new(Enum.GetValues<Hook>().Where(h => h != Hook.Max).Select(datapath.Program).ToDictionary(p => p.Name, p => (long)p.VerifiedInstructions), StringComparer.Ordinal);
    }

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    private void AddDirect(Family family)
    {
        var (cluster, net) = Own(new Cluster(family));
        var a = cluster.A;
        a.Service(net.Vip, 80).Backend(net.A2, 8080);
        a.Service(net.Vip2, 80).Backend(net.B1, 8080);
        a.NodePort(net, 30080).Backend(net.A2, 8080);
        Add(family, "pod to pod, same node, TCP", a, Hook.FromPod, Net.Tcp(net.A1, 4000, net.A2, 81).FromPod());
        Add(family, "pod to pod, same node, UDP", a, Hook.FromPod, Net.Udp(net.A1, 4000, net.A2, 81).FromPod());
        Add(family, "pod to pod, next node: sent", a, Hook.FromPod, Net.Tcp(net.A1, 4000, net.B1, 81).FromPod());
        Add(family, "pod to pod, next node: received", a, Hook.FromNetdev, Net.Tcp(net.B1, 4000, net.A2, 81).Mac(TestNode.RouterMac, TestNode.UplinkMac));

        var local = Net.Syn(net.A1, 4000, net.Vip, 80);
        var answer = a.FromPod(local).ToPod(Device.Pod2).Reply();
        a.FromPod(answer, Device.Pod2).ToPod(Device.Pod1);
        a.FromPod(local.Ack()).ToPod(Device.Pod2);
        Add(family, "service, same node: known flow", a, Hook.FromPod, local.Ack().FromPod());
        Add(family, "service, same node: answer", a, Hook.FromPod, answer.Ack().FromPod(Device.Pod2), Device.Pod2);

        var remote = Net.Syn(net.A1, 4001, net.Vip2, 80);
        var remoteAnswer = a.FromPod(remote).ToWire().Reply();
        a.FromNetdev(remoteAnswer).ToPod(Device.Pod1);
        a.FromPod(remote.Ack()).ToWire();
        Add(family, "service, next node: known flow", a, Hook.FromPod, remote.Ack().FromPod());
        Add(family, "service, next node: answer", a, Hook.FromNetdev, remoteAnswer.Ack().Mac(TestNode.RouterMac, TestNode.UplinkMac));

        var outside = Net.Syn(net.World, 4002, net.NodeA, 30080);
        var outsideAnswer = a.FromNetdev(outside).ToPod(Device.Pod2).Reply();
        a.FromPod(outsideAnswer, Device.Pod2).ToWire();
        a.FromNetdev(outside.Ack()).ToPod(Device.Pod2);
        Add(family, "node port, same node: known flow", a, Hook.FromNetdev, outside.Ack().Mac(TestNode.RouterMac, TestNode.UplinkMac));

        var world = Net.Syn(net.A1, 4003, net.World, 443);
        var worldAnswer = a.FromPod(world).ToWire().Reply();
        a.FromNetdev(worldAnswer).ToPod(Device.Pod1);
        a.FromPod(world.Ack()).ToWire();
        Add(family, "masqueraded: known flow", a, Hook.FromPod, world.Ack().FromPod());
        Add(family, "masqueraded: answer", a, Hook.FromNetdev, worldAnswer.Ack().Mac(TestNode.RouterMac, TestNode.UplinkMac));
    }

    private void AddVxlan(Family family)
    {
        var (cluster, net) = Own(new Cluster(family, Netweir.Maps.IpcacheRouting.Vxlan));
        var packet = Net.Tcp(net.A1, 4000, net.B1, 81);
        var packed = cluster.A.FromPod(packet).ToWire().Mac(TestNode.RouterMac, TestNode.UplinkMac);
        Add(family, "pod to pod, next node, VXLAN: sent (cold)", cluster.A, Hook.FromPod, packet.FromPod(), single: true);
        Add(family, "pod to pod, next node, VXLAN: received (cold)", cluster.B, Hook.FromNetdev, packed, single: true);
    }

    /// <summary>On a node of its own: these flows fill the table, and others would be forgotten.</summary>
    private void AddNew(Family family)
    {
        var (cluster, net) = Own(new Cluster(family));
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        Add(family, "service, same node: new flow", cluster.A, Hook.FromPod, Net.Syn(net.A1, 1, net.Vip, 80).FromPod(), portOffset: (uint)(14 + net.HeaderSize));
    }

    private (Cluster Cluster, Net Net) Own(Cluster cluster)
    {
        _owned.Add(cluster);
        return (cluster, cluster.Net);
    }

    private void Add(Family family, string name, TestNode node, Hook hook, Packet packet, Device? device = null, uint portOffset = 0, bool single = false) => All.Add(new BenchPath
    {
        Name = $"IP{family.ToString()[2..]} {name}",
        Hook = node.Datapath.Program(hook),
        Packet = packet.Serialize(),
        Device = device ?? (hook == Hook.FromPod ? Device.Pod1 : Device.Uplink),
        PortOffset = portOffset,
        Single = single,
    });
}
