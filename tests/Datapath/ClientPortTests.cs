namespace Netweir.Datapath.Tests;

/// <summary>A client that always uses one port, to a service and straight to the pod behind it.</summary>
public sealed class ClientPortTests
{
    private const int ClientPort = 4000;

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Connections_to_service_and_backend_in_turn_all_open(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var direct = Net.Syn(net.A1, ClientPort, net.B1, 8080);
        var service = Net.Syn(net.A1, ClientPort, net.Vip, 80);
        foreach (var syn in new[] { direct, service, direct, service, service, direct, direct, service })
        {
            ConnectAndReset(cluster, syn);
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Two_flows_of_one_port_at_a_time_get_their_own_replies(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        foreach (var (service, direct) in new[]
        {
            (Net.Syn(net.A1, ClientPort, net.Vip, 80), Net.Syn(net.A1, ClientPort, net.B1, 8080)),
            (Net.Udp(net.A1, ClientPort, net.Vip, 53), Net.Udp(net.A1, ClientPort, net.B1, 5353)),
        })
        {
            AssertBothWork(cluster, service, direct);
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Two_flows_work_when_the_direct_one_is_first(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        AssertBothWork(cluster, Net.Syn(net.A1, ClientPort, net.B1, 8080), Net.Syn(net.A1, ClientPort, net.Vip, 80));
        AssertBothWork(cluster, Net.Udp(net.A1, ClientPort, net.B1, 5353), Net.Udp(net.A1, ClientPort, net.Vip, 53));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Backend_on_a_host_is_told_from_its_service(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 443).Backend(net.NodeB, 6443);
        AssertBothWork(cluster, Net.Syn(net.A1, ClientPort, net.Vip, 443), Net.Syn(net.A1, ClientPort, net.NodeB, 6443));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Two_services_with_one_backend_are_told_apart(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        cluster.A.Service(net.Vip2, 80).Backend(net.B1, 8080);
        AssertBothWork(cluster, Net.Syn(net.A1, ClientPort, net.Vip, 80), Net.Syn(net.A1, ClientPort, net.Vip2, 80));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Direct_connection_after_the_service_is_gone_gets_untranslated_replies(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        ConnectAndReset(cluster, Net.Syn(net.A1, ClientPort, net.Vip, 80));
        service.Remove(0);
        ConnectAndReset(cluster, Net.Syn(net.A1, ClientPort, net.B1, 8080));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Direct_datagrams_after_the_service_is_gone_get_untranslated_replies(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var toService = Net.Udp(net.A1, ClientPort, net.Vip, 53);
        Assert.Equal(net.Vip, cluster.A.FromNetdev(cluster.A.FromPod(toService).ToWire().Reply()).ToPod(Device.Pod1).Source());
        service.Remove(0);
        var direct = Net.Udp(net.A1, ClientPort, net.B1, 5353);
        Assert.Equal(net.B1, cluster.A.FromNetdev(cluster.A.FromPod(direct).ToWire().Reply()).ToPod(Device.Pod1).Source());
    }

    /// <summary>The whole handshake, then a reset by the client: the next flow of this port begins with a SYN.</summary>
    private static void ConnectAndReset(Cluster cluster, Packet syn)
    {
        var received = cluster.Carry(cluster.A.FromPod(syn));
        Assert.Equal(cluster.Net.B1, received.Destination());
        var answer = cluster.A.FromNetdev(cluster.B.FromPod(received.Reply()).ToWire()).ToPod(Device.Pod1);
        PacketAssert.Equal(syn.Reply().Forwarded().FromGateway(), answer);
        var acknowledged = cluster.Carry(cluster.A.FromPod(answer.Reply()));
        Assert.Equal(received.SourcePort(), acknowledged.SourcePort());
        cluster.Carry(cluster.A.FromPod(answer.Reply().Rst()));
    }

    private static void AssertBothWork(Cluster cluster, Packet first, Packet second)
    {
        var firstSent = cluster.A.FromPod(first).ToWire();
        var secondSent = cluster.A.FromPod(second).ToWire();
        Assert.Equal(ClientPort, firstSent.SourcePort());
        Assert.InRange(secondSent.SourcePort(), Cluster.PortMin, Cluster.PortMax);
        PacketAssert.Equal(second.Reply().FromGateway(), cluster.A.FromNetdev(secondSent.Reply()).ToPod(Device.Pod1));
        PacketAssert.Equal(first.Reply().FromGateway(), cluster.A.FromNetdev(firstSent.Reply()).ToPod(Device.Pod1));
        var again = second.L4 is TcpHeader ? second.Ack() : second;
        Assert.Equal(secondSent.SourcePort(), cluster.A.FromPod(again).ToWire().SourcePort());
    }
}
