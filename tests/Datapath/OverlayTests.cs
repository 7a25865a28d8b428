using System.Buffers.Binary;

namespace Netweir.Datapath.Tests;

/// <summary>VXLAN, encapsulated and decapsulated by the hooks.</summary>
public sealed class OverlayTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Packet_is_encapsulated_byte_by_byte(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.B1, 53);
        var sent = cluster.A.FromPod(packet).ToWire();
        Assert.InRange(sent.SourcePort(), 32768, 65535);
        var expected = packet.Forwarded().Mac(TestNode.NetMac, TestNode.NetMac)
            .InVxlan(Net.V4.NodeA, Net.V4.NodeB, Cluster.Vni, sent.SourcePort(), VxlanHeader.LinuxPort)
            .DontFragment().FromPod();
        Assert.Equal(Convert.ToHexStringLower(expected.Serialize()), Convert.ToHexStringLower(sent.Serialize()));
    }

    [Fact]
    public void Flows_differ_in_their_outer_port_and_keep_it()
    {
        using var cluster = new Cluster(routing: IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var ports = Enumerable.Range(4000, 20).Select(port => cluster.A.FromPod(Net.Udp(net.A1, port, net.B1, 53)).ToWire().SourcePort()).ToList();
        Assert.InRange(ports.Distinct().Count(), 15, 20);
        Assert.Equal(ports[3], cluster.A.FromPod(Net.Udp(net.A1, 4003, net.B1, 53)).ToWire().SourcePort());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Packet_for_no_pod_goes_to_the_host(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.NodeB, 53);
        PacketAssert.Equal(packet.Mac(TestNode.NetMac, TestNode.HostMac), cluster.B.FromNetdev(FromA(packet)).ToHost());
    }

    [Fact]
    public void What_is_no_tunnel_of_ours_is_the_host_stacks()
    {
        using var cluster = new Cluster(routing: IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.B1, 53);
        cluster.B.FromNetdev(packet.InVxlan(net.NodeA, net.NodeB, Cluster.Vni + 1, 40000, VxlanHeader.LinuxPort)).Unchanged().ToStack();
        cluster.B.FromNetdev(packet.InVxlan(net.NodeA, net.World, Cluster.Vni, 40000, VxlanHeader.LinuxPort)).Unchanged().ToStack();
        cluster.B.FromNetdev(packet.InVxlan(net.NodeA, net.NodeB, Cluster.Vni, 40000, VxlanHeader.LinuxPort + 1)).Unchanged().ToStack();
    }

    [Fact]
    public void Tunnel_packet_with_options_is_dropped()
    {
        using var cluster = new Cluster(routing: IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.B1, 53).InVxlan(net.NodeA, net.NodeB, Cluster.Vni, 40000, VxlanHeader.LinuxPort);
        cluster.B.FromNetdev(packet.IpOptions(1, 1, 1, 0)).Dropped(DropReason.Malformed);
        cluster.B.FromNetdev(packet).ToPod(Device.Pod1);
    }

    [Fact]
    public void Tunnel_from_a_stranger_is_dropped()
    {
        using var cluster = new Cluster(routing: IpcacheRouting.Vxlan);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.B1, 53);
        foreach (var stranger in new[] { net.World, net.A1, net.NodeB })
        {
            cluster.B.FromNetdev(packet.InVxlan(stranger, net.NodeB, Cluster.Vni, 40000, VxlanHeader.LinuxPort)).Dropped(DropReason.UnknownTunnelPeer);
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Node_speaks_only_for_itself_and_its_pods(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        foreach (var forged in new[] { net.World, net.Vip, net.NodeB, net.B2, net.HostB })
        {
            cluster.B.FromNetdev(FromA(Net.Udp(forged, 4000, net.B1, 53))).Dropped(DropReason.UnknownTunnelPeer);
        }
        cluster.B.FromNetdev(FromA(Net.Udp(net.A1, 4000, net.B1, 53))).ToPod(Device.Pod1);
        cluster.B.FromNetdev(FromA(Net.Udp(net.NodeA, 4000, net.B1, 53))).ToPod(Device.Pod1);
    }

    [Fact]
    public void Pod_does_not_send_tunnel_packets_as_the_node()
    {
        using var cluster = new Cluster(routing: IpcacheRouting.Vxlan);
        var net = cluster.Net;
        cluster.A.FromPod(Net.Udp(net.A1, 4000, net.World, VxlanHeader.LinuxPort)).Dropped(DropReason.NotRoutable);
    }

    [Fact]
    public void Tunnelled_frame_has_to_be_ip_and_whole()
    {
        using var cluster = new Cluster(routing: IpcacheRouting.Vxlan);
        cluster.B.FromNetdev(FromA(Packet.Frame(EthernetHeader.TypeArp, PacketBytes.Pattern(28)))).Dropped(DropReason.NotIp);
        var whole = FromA(Net.Udp(cluster.Net.A1, 4000, cluster.Net.B1, 53)).Mac(TestNode.RouterMac, TestNode.UplinkMac).Serialize();
        for (var length = 50; length < whole.Length; length++)
        {
            var cut = whole[..length];
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(16), (ushort)(length - EthernetHeader.Size));
            var (verdict, drops) = cluster.B.RunBytes(Hook.FromNetdev, cut, Device.Uplink);
            Assert.Equal(Outcome.Shot, verdict);
            Assert.Contains(Assert.Single(drops), new[] { DropReason.Malformed, DropReason.WriteFailed });
        }
    }

    [Fact]
    public void Metadata_device_serves_kernels_that_cannot_encapsulate_in_programs()
    {
        using var cluster = new Cluster(Family.IPv4, IpcacheRouting.Vxlan, config => config with { VxlanInBpf = 0 });
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.B1, 53);
        PacketAssert.Equal(packet.Forwarded().FromPod(), cluster.A.FromPod(packet).ToWire());
        cluster.B.FromNetdev(FromA(packet)).Unchanged().ToStack();
        cluster.B.FromOverlay(packet).Dropped(DropReason.UnknownTunnelPeer);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Kernels_without_newer_flags_translate_and_unpack_what_they_can(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan, config => config with { DecapL3Flags = 0, CsumIpv6Flag = 0 });
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var sent = cluster.A.FromPod(packet).ToWire();
        Assert.Equal(net.B1, Cluster.Inside(sent).Destination());
        var received = cluster.B.FromNetdev(sent);
        if (net.IsIPv6)
        {
            received.Unchanged().ToStack();
        }
        else
        {
            PacketAssert.Equal(packet.To(Net.At(net.B1, 5353)).Forwarded().FromGateway(), received.ToPod(Device.Pod1));
        }
    }

    private static Packet FromA(Packet inner) => inner.InVxlan(Net.V4.NodeA, Net.V4.NodeB, Cluster.Vni, 40000, VxlanHeader.LinuxPort);

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void What_is_for_the_node_itself_is_left_to_the_device(Family family)
    {
        using var cluster = new Cluster(family, IpcacheRouting.Vxlan, config => config with { DecapIsComplete = 0 });
        var net = cluster.Net;
        cluster.B.FromNetdev(cluster.A.FromPod(Net.Udp(net.A1, 4000, net.NodeB, 53)).ToWire()).Unchanged().ToStack();
        cluster.B.FromNetdev(cluster.A.FromPod(Net.Udp(net.A1, 4000, net.B1, 53)).ToWire()).ToPod(Device.Pod1);
    }

    /// <summary>nw_host, where packets go that are for no pod, lets this host's own to 127.0.0.1 in.</summary>
    [Fact]
    public void Localhost_is_not_reached_through_a_tunnel()
    {
        using var cluster = new Cluster(Family.IPv4, IpcacheRouting.Vxlan);
        var net = cluster.Net;
        foreach (var to in new[] { "127.0.0.1", net.Multicast })
        {
            var inner = Net.Udp(net.NodeB, 4000, to, 53);
            cluster.A.FromNetdev(inner.InVxlan(net.NodeB, net.NodeA, Cluster.Vni, 40000, VxlanHeader.LinuxPort)).Dropped(DropReason.NotRoutable);
        }
    }
}
