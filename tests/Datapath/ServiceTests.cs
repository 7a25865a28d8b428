namespace Netweir.Datapath.Tests;

/// <summary>Pods as clients of services.</summary>
public sealed class ServiceTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Local_backend_gets_the_flow_and_its_reply_comes_from_the_service(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80).Mss(1460).Payload("fast open");
        var received = cluster.A.FromPod(syn).ToPod(Device.Pod2);
        PacketAssert.Equal(syn.To(Net.At(net.A2, 8080)).FromGateway(Device.Pod2), received);

        Assert.Equal(2, cluster.A.Conntrack.Count);
        Assert.Equal((uint)ConntrackFlag.Service, cluster.A.EntryOf(syn)!.Value.Flags);
        Assert.Equal((uint)(ConntrackFlag.Service | ConntrackFlag.Reply), cluster.A.EntryOf(received.Reply())!.Value.Flags);

        var answer = cluster.A.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1);
        PacketAssert.Equal(syn.Reply().FromGateway(), answer);
        Assert.True(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Established));
        PacketAssert.Equal(answer.Reply().To(Net.At(net.A2, 8080)).FromGateway(Device.Pod2), cluster.A.FromPod(answer.Reply()).ToPod(Device.Pod2));
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Remote_backend_gets_the_flow_and_its_reply_comes_from_the_service(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        foreach (var (packet, port) in new[] { (Net.Syn(net.A1, 4000, net.Vip, 80), 8080), (Net.Udp(net.A1, 4000, net.Vip, 53), 5353) })
        {
            var received = cluster.Carry(cluster.A.FromPod(packet));
            PacketAssert.Equal(packet.To(Net.At(net.B1, port)).Forwarded().FromGateway(), received);
            Assert.Equal(0, cluster.B.Conntrack.Count);
            var answer = cluster.A.FromNetdev(cluster.B.FromPod(received.Reply()).ToWire()).ToPod(Device.Pod1);
            PacketAssert.Equal(packet.Reply().Forwarded().FromGateway(), answer);
        }
    }

    [Fact]
    public void Datagrams_without_checksum_stay_without()
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53).WithoutUdpChecksum();
        PacketAssert.Equal(packet.To(Net.At(net.A2, 5353)).FromGateway(Device.Pod2), cluster.A.FromPod(packet).ToPod(Device.Pod2));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Sctp_reaches_a_backend_of_the_same_port(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80, IpProtocol.Sctp).Backend(net.A2, 80);
        var packet = Packet.Sctp(Net.At(net.A1, 4000), Net.At(net.Vip, 80)).Payload("init");
        var received = cluster.A.FromPod(packet).ToPod(Device.Pod2);
        PacketAssert.Equal(packet.To(net.A2).FromGateway(Device.Pod2), received);
        PacketAssert.Equal(packet.Reply().FromGateway(), cluster.A.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Sctp_to_another_port_gets_its_checksum_mended(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80, IpProtocol.Sctp).Backend(net.A2, 8080);
        foreach (var length in (int[])[1, 4, 100, 1001, 1400])
        {
            var packet = Packet.Sctp(Net.At(net.A1, 4000), Net.At(net.Vip, 80)).Payload(new string('s', length));
            var received = cluster.A.FromPod(packet).ToPod(Device.Pod2);
            PacketAssert.Equal(packet.To(Net.At(net.A2, 8080)).FromGateway(Device.Pod2), received);
            PacketAssert.Equal(packet.Reply().FromGateway(), cluster.A.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flows_are_spread_over_all_backends(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080).Backend(net.B1, 8080).Backend(net.B2, 8080);
        var chosen = Enumerable.Range(2000, 300)
            .Select(port => cluster.A.FromPod(Net.Syn(net.A1, port, net.Vip, 80)).Packet.Destination())
            .CountBy(address => address).ToDictionary();
        Assert.Equal(3, chosen.Count);
        Assert.All(chosen.Values, count => Assert.InRange(count, 60, 140));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Retransmitted_syn_keeps_its_backend(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080).Backend(net.B1, 8080).Backend(net.B2, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var chosen = Enumerable.Range(0, 20).Select(_ => cluster.A.FromPod(syn).Packet.Destination()).Distinct();
        Assert.Single(chosen);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Syn_on_an_established_flow_goes_to_its_backend_until_that_is_over(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var old = cluster.A.FromPod(syn).ToPod(Device.Pod2);
        cluster.A.FromPod(old.Reply(), Device.Pod2).ToPod(Device.Pod1);
        service.Backend(net.B1, 8080);
        service.Terminate(0);

        Assert.Equal(net.A2, cluster.A.FromPod(syn.Ack()).ToPod(Device.Pod2).Destination());
        Assert.Equal(net.A2, cluster.A.FromPod(syn).ToPod(Device.Pod2).Destination());
        cluster.A.FromPod(syn.Rst()).ToPod(Device.Pod2);
        var renewed = cluster.A.FromPod(syn).ToWire();
        Assert.Equal(net.B1, renewed.Destination());
        Assert.Equal(2, cluster.A.Conntrack.Count);
        PacketAssert.Equal(renewed.Reply().From(Net.At(net.Vip, 80)).FromGateway(), cluster.A.FromNetdev(renewed.Reply()).ToPod(Device.Pod1));
        Assert.Equal(net.A2, cluster.A.FromPod(old.Reply(), Device.Pod2).ToPod(Device.Pod1).Source());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Segment_of_no_known_flow_is_reset(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        var packet = Net.Tcp(net.A1, 4000, net.Vip, 80).Seq(1000).AckNumber(2000).Payload("late");
        PacketAssert.Equal(Answers.ResetOf(packet), cluster.A.FromPod(packet).Answered(DropReason.NotAFlow));
        var withoutAck = packet.Flags(TcpFlags.Fin);
        PacketAssert.Equal(Answers.ResetOf(withoutAck), cluster.A.FromPod(withoutAck).Answered(DropReason.NotAFlow));
        cluster.A.FromPod(packet.Rst()).Dropped(DropReason.NotAFlow);
        Assert.Equal(0, cluster.A.Conntrack.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Datagrams_choose_another_backend_at_once_when_theirs_is_replaced(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var old = cluster.A.FromPod(packet).ToPod(Device.Pod2);
        service.Replace(0, net.B1, 5353);
        var renewed = cluster.A.FromPod(packet).ToWire();
        PacketAssert.Equal(packet.To(Net.At(net.B1, 5353)).Forwarded().FromPod(), renewed);
        PacketAssert.Equal(packet.Reply().FromGateway(), cluster.A.FromNetdev(renewed.Reply()).ToPod(Device.Pod1));
        Assert.Null(cluster.A.EntryOf(old.Reply()));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Connection_is_reset_when_its_backend_is_replaced_and_opens_anew(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        var other = cluster.A.Service(net.Vip2, 80).Backend(net.A2, 9090);
        Assert.Equal(1, other.Count);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var otherSyn = Net.Syn(net.A1, 4000, net.Vip2, 80);
        cluster.A.FromPod(syn).ToPod(Device.Pod2);
        cluster.A.FromPod(otherSyn).ToPod(Device.Pod2);

        service.Replace(0, net.B1, 8080);
        var data = syn.PshAck().Seq(10).AckNumber(77).Payload("data");
        PacketAssert.Equal(Answers.ResetOf(data), cluster.A.FromPod(data).Answered(DropReason.BackendGone));
        Assert.Equal(2, cluster.A.Conntrack.Count);
        Assert.Equal(net.A2, cluster.A.FromPod(otherSyn.Ack()).ToPod(Device.Pod2).Destination());
        Assert.Equal(net.B1, cluster.A.FromPod(syn).ToWire().Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Removed_backend_ends_its_flows_and_no_others(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        cluster.A.FromPod(syn).ToPod(Device.Pod2);
        service.Backend(net.B1, 8080);
        service.Remove(0);
        var survivor = Net.Syn(net.A1, 4001, net.Vip, 80);
        Assert.Equal(net.B1, cluster.A.FromPod(survivor).ToWire().Destination());
        cluster.A.FromPod(syn.Ack()).Answered(DropReason.BackendGone);
        Assert.Equal(net.B1, cluster.A.FromPod(survivor.Ack()).ToWire().Destination());
        cluster.A.FromPod(syn.Ack()).Answered(DropReason.NotAFlow);
    }
}
