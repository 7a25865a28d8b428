namespace Netweir.Datapath.Tests;

/// <summary>Packets in pieces.</summary>
public sealed class FragmentTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void All_fragments_of_a_service_flow_reach_one_backend(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353).Backend(net.B1, 5353).Backend(net.B2, 5353);
        for (var port = 4000; port < 4010; port++)
        {
            var packet = Net.Udp(net.A1, port, net.Vip, 53, new string('x', 2000));
            var sent = packet.FragmentInto((uint)port, 800).Select(fragment => cluster.A.FromPod(fragment).Packet).ToList();
            var whole = PacketFragments.Reassemble(sent);
            Assert.Equal((5353, 2000), (((PortHeader)whole.L4!).DestinationPort, whole.Payload.Length));
            Assert.Single(sent.Select(fragment => fragment.Destination()).Distinct());
        }
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Fragments_of_a_reply_are_translated_alike(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var received = cluster.Carry(cluster.A.FromPod(packet));
        var answer = received.Reply().Payload(new string('y', 2000));
        var fragments = answer.FragmentInto(77, 1000)
            .Select(fragment => cluster.A.FromNetdev(cluster.B.FromPod(fragment).ToWire()).ToPod(Device.Pod1));
        var whole = PacketFragments.Reassemble(fragments);
        Assert.Equal((net.Vip, 53), (whole.Source(), whole.SourcePort()));
        Assert.Equal(2000, whole.Payload.Length);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Fragmented_ping_to_the_world_is_masqueraded_alike(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var ping = Packet.Ping(net.A1, net.World, 7).Payload(PacketBytes.Pattern(2000));
        var whole = PacketFragments.Reassemble(ping.FragmentInto(9, 1200).Select(fragment => cluster.A.FromPod(fragment).ToWire()));
        Assert.Equal(net.NodeA, whole.Source());
        Assert.InRange(((IcmpHeader)whole.L4!).Id, Cluster.PortMin, Cluster.PortMax);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Later_fragment_without_its_first_is_dropped_from_pods_only(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var fragments = Net.Udp(net.A1, 4000, net.A2, 53, new string('x', 2000)).FragmentInto(5, 800);
        cluster.A.FromPod(fragments[1]).Dropped(DropReason.FragmentUnknown);
        cluster.A.FromPod(fragments[0]).ToPod(Device.Pod2);
        cluster.A.FromPod(fragments[1]).ToPod(Device.Pod2);
        var other = Net.Udp(net.World, 53, net.A1, 4000, new string('x', 2000)).FragmentInto(6, 800);
        cluster.A.FromNetdev(other[1]).ToStack();
        cluster.A.ToPod(other[1]).ToStack();
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Forged_first_fragment_does_not_lead_the_later_ones_astray(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        cluster.A.Service(net.Vip, 54, IpProtocol.Udp).Backend(net.B2, 5353);
        var fragments = Net.Udp(net.A1, 4000, net.Vip, 53, new string('x', 2000)).FragmentInto(5, 1000);
        var forged = Net.Udp(net.A1, 4000, net.Vip, 54, new string('x', 2000)).FragmentInto(5, 1000);
        Assert.Equal(net.B1, cluster.A.FromPod(fragments[0]).ToWire().Destination());
        cluster.A.FromPod(forged[0], Device.Pod2).Dropped(DropReason.SpoofedSource);
        cluster.A.FromPod(forged[1], Device.Pod2).Dropped(DropReason.SpoofedSource);
        Assert.Equal(net.B1, cluster.A.FromPod(fragments[1]).ToWire().Destination());
    }

    [Fact]
    public void Atomic_fragment_is_a_whole_packet()
    {
        using var cluster = new Cluster(Family.IPv6);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53).HopByHop().Extension(new IPv6FragmentExtension { Id = 3 });
        PacketAssert.Equal(packet.To(Net.At(net.A2, 5353)).FromGateway(Device.Pod2), cluster.A.FromPod(packet).ToPod(Device.Pod2));
    }
}
