namespace Netweir.Datapath.Tests.Harness;

/// <summary>Nodes A and B of a dual-stack cluster with two pods each; what leaves one is given to the other by the test.</summary>
internal sealed class Cluster : IDisposable
{
    public const ushort PortMin = 50000;
    public const ushort PortMax = 59999;
    public const uint Vni = 7;
    public const int DirectMtu = 1500;
    public const int VxlanMtu = 1450;

    public Cluster(Family family = Family.IPv4, IpcacheRouting routing = IpcacheRouting.Direct, Func<Config, Config>? configure = null)
    {
        Net = Net.Of(family);
        Routing = routing;
        configure ??= config => config;
        A = Describe("node A", configure(ConfigOf(net => net.NodeA, net => net.HostA)), net => (net.NodeA, net.NodeB, net.PodsA, net.PodsB))
            .Pod(Net.A1, Device.Pod1).Pod(Net.A2, Device.Pod2);
        B = Describe("node B", configure(ConfigOf(net => net.NodeB, net => net.HostB)), net => (net.NodeB, net.NodeA, net.PodsB, net.PodsA))
            .Pod(Net.B1, Device.Pod1).Pod(Net.B2, Device.Pod2);
    }

    public Net Net { get; }

    public IpcacheRouting Routing { get; }

    public TestNode A { get; }

    public TestNode B { get; }

    public bool IsTunnel => Routing is IpcacheRouting.Vxlan or IpcacheRouting.VxlanToNeighbour;

    public int Mtu => IsTunnel ? VxlanMtu : DirectMtu;

    /// <summary>What A's from_pod made of a packet to node B, as B's from_netdev delivers it.</summary>
    public Packet Carry(Outcome fromA, Device pod = Device.Pod1) => B.FromNetdev(fromA.ToWire()).ToPod(pod);

    /// <summary>The packet that travels: of a VXLAN packet the one within.</summary>
    public static Packet Inside(Packet packet) => packet.Inner ?? packet;

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }

    private static Config ConfigOf(Func<Net, string> node, Func<Net, string> host) => new()
    {
        NodeIpv4 = Address.Parse(node(Net.V4)),
        NodeIpv6 = Address.Parse(node(Net.V6)),
        HostIpv4 = Address.Parse(host(Net.V4)),
        HostIpv6 = Address.Parse(host(Net.V6)),
        HostIfindex = (uint)Device.Host,
        NetIfindex = (uint)Device.Net,
        OverlayIfindex = (uint)Device.Overlay,
        Vni = Vni,
        HostMac = TestNode.MacOf(TestNode.HostMac),
        NetMac = TestNode.MacOf(TestNode.NetMac),
        VxlanPort = VxlanHeader.LinuxPort,
        SnatPortMin = PortMin,
        SnatPortMax = PortMax,
        MasqueradeIpv4 = 1,
        MasqueradeIpv6 = 1,
        VxlanInBpf = 1,
        DecapL3Flags = 1,
        // Test runs have no VXLAN device, which unpacks what is for the node itself: the end-to-end tests have.
        DecapIsComplete = 1,
        CsumIpv6Flag = 1,
    };

    /// <summary>Tunnels go over IPv4 whatever is inside.</summary>
    private TestNode Describe(string name, Config config, Func<Net, (string Self, string Peer, string OwnPods, string PeerPods)> addresses)
    {
        var node = new TestNode(name, config).Uplink(Device.Uplink, addresses(Net.V4).Self, addresses(Net.V6).Self);
        foreach (var net in new[] { Net.V4, Net.V6 })
        {
            var (self, peer, ownPods, peerPods) = addresses(net);
            var next = IsTunnel ? addresses(Net.V4).Peer : peer;
            var bits = net.IsIPv6 ? 128 : 32;
            node.Place(ownPods, IpcacheKind.LocalPods)
                .Place(peerPods, IpcacheKind.RemotePods, next, Routing, Device.Uplink, Mtu)
                .Place(net.Services, IpcacheKind.Services)
                .Place(net.OfficeRange, IpcacheKind.NoMasquerade)
                .Place($"{self}/{bits}", IpcacheKind.Host)
                .Place($"{peer}/{bits}", IpcacheKind.RemoteNode, next, Routing, Device.Uplink, Mtu);
        }
        return node.Place($"{addresses(Net.V4).Self}/32", IpcacheKind.Host);
    }
}
