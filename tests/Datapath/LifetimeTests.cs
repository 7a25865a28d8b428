namespace Netweir.Datapath.Tests;

/// <summary>How long flows live, and whose reply direction it is.</summary>
public sealed class LifetimeTests
{
    private const ulong Second = 1_000_000_000;

    [Theory]
    [InlineData(ConntrackFlag.Reply, 59, true)]
    [InlineData(ConntrackFlag.Reply, 61, false)]
    [InlineData(ConntrackFlag.Established, 59, true)]
    [InlineData(ConntrackFlag.Established, 61, false)]
    [InlineData(ConntrackFlag.Established | ConntrackFlag.Confirmed, 3600, true)]
    [InlineData(ConntrackFlag.Established | ConntrackFlag.Confirmed, 86500, false)]
    [InlineData(ConntrackFlag.Closing, 9, true)]
    [InlineData(ConntrackFlag.Closing, 11, false)]
    public void Connection_holds_its_reply_direction_while_it_lives(ConntrackFlag state, int idle, bool lives)
    {
        using var cluster = new Cluster();
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var first = Net.Syn(net.A1, 4000, net.Vip, 80);
        cluster.A.FromPod(first).ToWire();
        Age(cluster.A, first, state, idle);
        var second = cluster.A.FromPod(Net.Syn(net.A1, 4000, net.B1, 8080)).ToWire();
        Assert.Equal(lives, second.SourcePort() != 4000);
        Assert.Equal(lives, cluster.A.EntryOf(first) is not null);
        Assert.Equal(net.B1, cluster.A.FromNetdev(second.Reply()).ToPod(Device.Pod1).Source());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Idle_datagram_flow_chooses_again(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        cluster.A.FromPod(packet).ToWire();
        service.Backend(net.B2, 5353);
        service.Terminate(0);
        Age(cluster.A, packet, ConntrackFlag.Reply, 59);
        Assert.Equal(net.B1, cluster.A.FromPod(packet).ToWire().Destination());
        Age(cluster.A, packet, ConntrackFlag.Established, 179);
        Assert.Equal(net.B1, cluster.A.FromPod(packet).ToWire().Destination());
        Age(cluster.A, packet, ConntrackFlag.Established, 181);
        Assert.Equal(net.B2, cluster.A.FromPod(packet).ToWire().Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Replies_keep_a_flow_alive_that_its_client_only_listens_to(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var sent = cluster.A.FromPod(packet).ToWire();
        cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        Age(cluster.A, packet, ConntrackFlag.Established, 181);
        cluster.A.Change(sent.Reply(), entry => entry with { LastSeen = entry.LastSeen - (2 * Second) });
        cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        service.Backend(net.B2, 5353);
        service.Terminate(0);
        Assert.Equal(net.B1, cluster.A.FromPod(packet).ToWire().Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flow_that_lost_its_reply_direction_gets_it_back(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        foreach (var packet in new[] { Net.Udp(net.A1, 4000, net.Vip, 53), Net.Syn(net.A1, 4000, net.Vip, 80), Net.Udp(net.A1, 4000, net.World, 53) })
        {
            var lost = cluster.A.FromPod(packet).ToWire();
            cluster.A.Conntrack.Remove(TestNode.TupleOf(lost.Reply()));
            if (packet.L4 is UdpHeader)
            {
                Age(cluster.A, packet, ConntrackFlag.Reply, 2); // of datagrams it is asked once a second
            }
            var sent = cluster.A.FromPod(packet).ToWire();
            PacketAssert.Equal(packet.Reply().FromGateway(), cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1));
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flow_that_lost_its_reply_direction_does_not_take_that_of_another(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        cluster.A.Service(net.Vip2, 80).Backend(net.B1, 8080);
        var first = Net.Syn(net.A1, 4000, net.Vip, 80);
        var second = Net.Syn(net.A1, 4000, net.Vip2, 80);
        cluster.A.Conntrack.Remove(TestNode.TupleOf(cluster.A.FromPod(first).ToWire().Reply()));
        var secondSent = cluster.A.FromPod(second).ToWire();
        Assert.Equal(4000, secondSent.SourcePort());
        var firstSent = cluster.A.FromPod(first).ToWire();
        Assert.NotEqual(4000, firstSent.SourcePort());
        PacketAssert.Equal(first.Reply().FromGateway(), cluster.A.FromNetdev(firstSent.Reply()).ToPod(Device.Pod1));
        PacketAssert.Equal(second.Reply().FromGateway(), cluster.A.FromNetdev(secondSent.Reply()).ToPod(Device.Pod1));
    }

    /// <summary>The table forgets single entries, also of flows that are in use.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Datagram_flow_in_use_that_lost_its_reply_direction_gets_it_back(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.B1, 5353);
        var packet = Net.Udp(net.A1, 4000, net.Vip, 53);
        var sent = cluster.A.FromPod(packet).ToWire();
        cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        cluster.A.Conntrack.Remove(TestNode.TupleOf(sent.Reply()));
        Age(cluster.A, packet, ConntrackFlag.Established, 2);
        var again = cluster.A.FromPod(packet).ToWire();
        Assert.Equal(net.Vip, cluster.A.FromNetdev(again.Reply()).ToPod(Device.Pod1).Source());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Connection_that_goes_on_after_a_reset_was_not_reset(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var sent = cluster.A.FromPod(syn).ToWire();
        cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        cluster.A.FromPod(syn.Ack()).ToWire();
        cluster.A.FromNetdev(sent.Reply().Rst()).ToPod(Device.Pod1);
        cluster.A.FromPod(syn.Ack()).ToWire();
        Assert.True(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Closing));
        foreach (var direction in (Packet[])[syn, sent.Reply()])
        {
            cluster.A.Change(direction, entry => entry with { LastSeen = entry.LastSeen - (2 * Second) });
        }
        cluster.A.FromNetdev(sent.Reply().Ack()).ToPod(Device.Pod1);
        Assert.False(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Closing));
        Assert.True(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Confirmed));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void End_of_a_connection_is_seen_in_either_direction(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        foreach (var (port, byClient) in new[] { (4000, true), (4001, false) })
        {
            var syn = Net.Syn(net.A1, port, net.Vip, 80);
            var sent = cluster.A.FromPod(syn).ToWire();
            Assert.False(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Established));
            cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
            Assert.True(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Established));
            Assert.False(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Closing));
            _ = byClient ? cluster.A.FromPod(syn.RstAck()) : cluster.A.FromNetdev(sent.Reply().Rst());
            Assert.True(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Closing));
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Half_closed_connection_lives_until_the_other_side_closes(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var sent = cluster.A.FromPod(syn).ToWire();
        cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        cluster.A.FromPod(syn.FinAck()).ToWire();
        Assert.False(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Closing));
        cluster.A.FromNetdev(sent.Reply().FinAck()).ToPod(Device.Pod1);
        Assert.True(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Closing));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Repeated_syn_that_crosses_its_answer_keeps_its_backend(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080).Backend(net.B2, 8080);
        for (var port = 4000; port < 4016; port++)
        {
            var syn = Net.Syn(net.A1, port, net.Vip, 80);
            var sent = cluster.A.FromPod(syn).ToWire();
            cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
            Assert.Equal(sent.Destination(), cluster.A.FromPod(syn).ToWire().Destination());
        }
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Icmp_error_establishes_nothing(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var syn = Net.Syn(net.A1, 4000, net.World, 80);
        var sent = cluster.A.FromPod(syn).ToWire();
        cluster.A.FromNetdev(Packet.PortUnreachable(net.Router, sent.Source(), sent)).ToPod(Device.Pod1);
        Assert.False(cluster.A.EntryOf(syn)!.Value.Flags.Has(ConntrackFlag.Established));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Terminating_backend_keeps_its_flows_and_gets_no_new_ones(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080);
        var syn = Net.Syn(net.A1, 4000, net.Vip, 80);
        var sent = cluster.A.FromPod(syn).ToWire();
        cluster.A.FromNetdev(sent.Reply()).ToPod(Device.Pod1);
        service.Terminate(0);
        Assert.Equal(net.B1, cluster.A.FromPod(syn.PshAck().Payload("more")).ToWire().Destination());
        cluster.A.FromPod(Net.Syn(net.A1, 4001, net.Vip, 80)).Answered(DropReason.NoBackend);
    }

    /// <summary>Reply stands for "no flag": a flow that has seen no answer.</summary>
    private static void Age(TestNode node, Packet original, ConntrackFlag state, int seconds) => node.Change(original, entry => entry with
    {
        Flags = (entry.Flags & (uint)(ConntrackFlag.Service | ConntrackFlag.Snat)) | (state == ConntrackFlag.Reply ? 0 : (uint)state),
        LastSeen = unchecked(entry.LastSeen - ((ulong)seconds * Second)),
    });
}
