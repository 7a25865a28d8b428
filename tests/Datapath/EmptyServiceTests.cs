namespace Netweir.Datapath.Tests;

/// <summary>Frontends that nobody serves.</summary>
public sealed class EmptyServiceTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Connection_is_reset(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80).Seq(0xffff_ffff).Mss(1460);
        PacketAssert.Equal(Answers.ResetOf(syn), cluster.A.FromPod(syn).Answered(DropReason.NoBackend));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Datagram_is_answered_with_port_unreachable(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var answer = cluster.A.FromPod(packet).Answered(DropReason.NoBackend);
        PacketAssert.Equal(Packet.PortUnreachable(net.Vip, net.A1, packet, net.HeaderSize + 8).AsAnswerTo(packet), answer);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Traffic_policy_without_backends_drops_silently(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).DropWhenEmpty();
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).DropWhenEmpty();
        cluster.A.FromPod(Net.Syn(net.A1, 4000, net.Vip, 80)).Dropped(DropReason.NoLocalBackend);
        cluster.A.FromPod(Net.Udp(net.A1, 4000, net.Vip, 53)).Dropped(DropReason.NoLocalBackend);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Address_of_no_service_does_not_leave_the_node(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        cluster.A.FromPod(Net.Syn(net.A1, 4000, net.Vip2, 80)).Dropped(DropReason.NoSuchService);
        cluster.A.FromPod(Net.Syn(net.A1, 4000, net.Vip, 81)).Dropped(DropReason.NoSuchService);
        cluster.A.FromPod(Net.Udp(net.A1, 4000, net.Vip, 80)).Dropped(DropReason.NoSuchService);
        cluster.A.FromPod(Packet.Ping(net.A1, net.Vip)).Dropped(DropReason.NoSuchService);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Pod_that_does_not_exist_is_unreachable(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.NoPod, 53);
        var answer = cluster.A.FromPod(packet).Answered(DropReason.NoSuchPod);
        var (type, code) = net.IsIPv6 ? ((byte)1, (byte)3) : ((byte)3, (byte)1);
        PacketAssert.Equal(Packet.IcmpError(type, code, net.NodeA, net.A1, packet, 0, net.HeaderSize + 8).AsAnswerTo(packet), answer);

        var syn = Net.Syn(net.A1, 4000, net.NoPod, 80).Payload("more than is quoted");
        var toSyn = cluster.A.FromPod(syn).Answered(DropReason.NoSuchPod);
        PacketAssert.Equal(Packet.IcmpError(type, code, net.NodeA, net.A1, syn, 0, net.HeaderSize + 20).AsAnswerTo(syn), toSyn);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Errors_and_later_fragments_are_never_answered(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var error = Packet.PortUnreachable(net.A1, net.NoPod, Net.Udp(net.NoPod, 1, net.A1, 2));
        cluster.A.FromPod(error).Dropped(DropReason.NoSuchPod);
        var fragments = Net.Udp(net.A1, 4000, net.NoPod, 53, new string('x', 100)).FragmentInto(5, 64);
        cluster.A.FromPod(fragments[0]);
        cluster.A.FromPod(fragments[1]).Dropped(DropReason.NoSuchPod);
    }
}
