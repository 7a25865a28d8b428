namespace Netweir.Datapath.Tests;

/// <summary>New programs with a flow table of their own take over from others, and no flow notices.</summary>
public sealed class TakeOverTests
{
    private const int NodePort = 30080;
    private const int ClientPort = 4000;

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Until_the_word_is_given_the_programs_before_deal_with_everything(Family family)
    {
        using var cluster = new Cluster(family);
        using var next = Prepare(cluster);
        var syn = Net.Syn(cluster.Net.A1, ClientPort, cluster.Net.Vip, 80);
        var received = next.FromPod(syn).ToPod(Device.Pod2);
        PacketAssert.Equal(syn.Reply().FromGateway(), next.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
        next.ToPod(Net.Tcp(cluster.Net.World, 80, cluster.Net.A1, ClientPort)).ToStack();
        Assert.Equal(2, cluster.A.Conntrack.Count);
        Assert.Equal(0, next.Conntrack.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Then_old_flows_go_on_in_the_old_table_and_new_ones_start_in_the_new(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        using var next = Prepare(cluster);
        var old = Net.Syn(net.A1, ClientPort, net.Vip, 80);
        var received = cluster.A.FromPod(old).ToPod(Device.Pod2);
        next.Datapath.TakeOver();
        PacketAssert.Equal(old.Reply().FromGateway(), next.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
        PacketAssert.Equal(received.Ack(), next.FromPod(old.Ack()).ToPod(Device.Pod2));
        Assert.Equal(0, next.Conntrack.Count);
        Assert.True(HasFlags(cluster.A, old, ConntrackFlag.Established | ConntrackFlag.Confirmed));

        var fresh = Net.Syn(net.A1, ClientPort + 1, net.Vip, 80);
        PacketAssert.Equal(fresh.Reply().FromGateway(), next.FromPod(next.FromPod(fresh).ToPod(Device.Pod2).Reply(), Device.Pod2).ToPod(Device.Pod1));
        Assert.Equal(2, next.Conntrack.Count);
        Assert.Null(cluster.A.EntryOf(fresh));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Flow_works_with_each_direction_in_another_table(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        using var next = Prepare(cluster);
        foreach (var first in new[] { Net.Syn(net.A1, ClientPort, net.Vip, 80), Net.Udp(net.A1, ClientPort, net.Vip, 53) })
        {
            var received = cluster.A.FromPod(first).ToPod(Device.Pod2);
            next.Conntrack[TestNode.TupleOf(first)] = cluster.A.Conntrack[TestNode.TupleOf(first)];
            next.Datapath.TakeOver();
            // A SYN or datagram whose answer's entry is not there would start anew.
            PacketAssert.Equal(received, next.FromPod(first).ToPod(Device.Pod2));
            Assert.Null(next.EntryOf(received.Reply()));
            PacketAssert.Equal(first.Reply().FromGateway(), next.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
        }
    }

    /// <summary>However much of the old one was copied.</summary>
    [Theory]
    [InlineData(Family.IPv4, false, false)]
    [InlineData(Family.IPv4, true, false)]
    [InlineData(Family.IPv4, false, true)]
    [InlineData(Family.IPv6, false, false)]
    [InlineData(Family.IPv6, true, false)]
    [InlineData(Family.IPv6, false, true)]
    public void New_flows_leave_the_answers_of_old_ones_alone(Family family, bool originalIsCopied, bool replyIsCopied)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip2, 80).Backend(net.A2, 8080);
        using var next = Prepare(cluster);
        var old = Net.Syn(net.A1, ClientPort, net.Vip, 80);
        var received = cluster.A.FromPod(old).ToPod(Device.Pod2);
        foreach (var packet in ((bool Is, Packet Packet)[])[(originalIsCopied, old), (replyIsCopied, received.Reply())])
        {
            if (packet.Is)
            {
                next.Conntrack[TestNode.TupleOf(packet.Packet)] = cluster.A.Conntrack[TestNode.TupleOf(packet.Packet)];
            }
        }

        next.Datapath.TakeOver();
        foreach (var other in new[] { Net.Syn(net.A1, ClientPort, net.Vip2, 80), Net.Syn(net.A1, ClientPort, net.A2, 8080) })
        {
            var there = next.FromPod(other).ToPod(Device.Pod2);
            Assert.NotEqual(ClientPort, there.SourcePort());
            PacketAssert.Equal(other.Reply().FromGateway(), next.FromPod(there.Reply(), Device.Pod2).ToPod(Device.Pod1));
        }

        PacketAssert.Equal(old.Reply().FromGateway(), next.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
        PacketAssert.Equal(received.Ack(), next.FromPod(old.Ack()).ToPod(Device.Pod2));
    }

    /// <summary>A connection to what is no backend any more is tracked only because its answer could be taken for an old flow's.</summary>
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Direct_connection_leaves_the_answers_of_old_flows_alone(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        using var next = Prepare(cluster);
        var received = cluster.A.FromPod(Net.Syn(net.A1, ClientPort, net.Vip, 80)).ToPod(Device.Pod2);
        next.BackendRefs.Entries().ToList().ForEach(e => next.BackendRefs.Remove(e.Key));
        next.Datapath.TakeOver();
        var direct = Net.Syn(net.A1, ClientPort, net.A2, 8080);
        var there = next.FromPod(direct).ToPod(Device.Pod2);
        PacketAssert.Equal(direct.Reply().FromGateway(), next.FromPod(there.Reply(), Device.Pod2).ToPod(Device.Pod1));
        Assert.Equal((net.Vip, 80), Source(next.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1)));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Connection_from_outside_leaves_the_answers_of_old_flows_alone(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        using var next = Prepare(cluster);
        var old = Net.Syn(net.World, ClientPort, net.NodeA, NodePort);
        var received = cluster.A.FromNetdev(old).ToPod(Device.Pod2);
        next.Datapath.TakeOver();
        var direct = next.FromNetdev(Net.Syn(net.World, ClientPort, net.A2, 8080)).ToPod(Device.Pod2);
        Assert.NotEqual(ClientPort, direct.SourcePort());
        Assert.Equal((net.A2, 8080), Source(next.FromPod(direct.Reply(), Device.Pod2).ToWire()));
        Assert.Equal((net.NodeA, NodePort), Source(next.FromPod(received.Reply(), Device.Pod2).ToWire()));
    }

    [Theory, MemberData(nameof(Ways.All), MemberType = typeof(Ways))]
    public void Every_hook_hands_over_the_flows_it_does_not_know(Family family, IpcacheRouting routing)
    {
        using var cluster = new Cluster(family, routing);
        var net = cluster.Net;
        cluster.A.Service(net.Vip2, 80).Backend(net.B1, 8080);
        cluster.A.Service(net.Vip2, 81).Backend(net.NodeA, 8081);
        using var next = Prepare(cluster);
        var toPeer = Net.Syn(net.A1, ClientPort, net.Vip2, 80);
        var atPeer = cluster.Carry(cluster.A.FromPod(toPeer));
        var toHost = Net.Syn(net.A1, ClientPort, net.Vip2, 81);
        var atHost = cluster.A.FromPod(toHost).ToStack();
        var byHost = Net.Syn(net.NodeA, ClientPort, net.Vip, 80);
        var fromHost = cluster.A.FromHost(byHost).ToPod(Device.Pod2);
        var outside = Net.Syn(net.World, ClientPort, net.NodeA, NodePort + 1);
        var answering = cluster.A.FromNetdev(outside).ToStack();
        var loopback = Net.Syn(net.NodeA, ClientPort, net.NodeA, NodePort);
        cluster.A.FromHost(loopback).ToPod(Device.Pod2);

        next.Datapath.TakeOver();
        PacketAssert.Equal(toPeer.Reply().Forwarded().FromGateway(), next.FromNetdev(cluster.B.FromPod(atPeer.Reply()).ToWire()).ToPod(Device.Pod1));
        PacketAssert.Equal(toHost.Reply().FromGateway(), next.ToPod(atHost.Reply()).ToStack());
        PacketAssert.Equal(fromHost.Ack(), next.FromHost(byHost.Ack()).ToPod(Device.Pod2));
        PacketAssert.Equal(outside.Reply().Mac(TestNode.UplinkMac, TestNode.RouterMac), next.ToNetdev(answering.Reply()).ToStack());
        Assert.Equal(Outcome.Redirect, next.FromLoopback(loopback.Ack()).Verdict);
        Assert.Equal(0, next.Conntrack.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Copied_flows_go_on_in_the_new_table(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        using var next = Prepare(cluster);
        var syn = Net.Syn(net.A1, ClientPort, net.Vip, 80);
        var received = cluster.A.FromPod(syn).ToPod(Device.Pod2);
        next.Datapath.TakeOver();
        cluster.A.Conntrack.CopyTo(next.Conntrack);
        PacketAssert.Equal(syn.Reply().FromGateway(), next.FromPod(received.Reply(), Device.Pod2).ToPod(Device.Pod1));
        Assert.True(HasFlags(next, syn, ConntrackFlag.Established));
        Assert.False(HasFlags(cluster.A, syn, ConntrackFlag.Established));
    }

    /// <summary>Node A with services before pod A2 and itself, and its successor.</summary>
    private static TestNode Prepare(Cluster cluster)
    {
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080);
        cluster.A.Service(net.Vip, 53, IpProtocol.Udp).Backend(net.A2, 5353);
        cluster.A.NodePort(net, NodePort).Backend(net.A2, 8080);
        cluster.A.NodePort(net, NodePort + 1).Backend(net.NodeA, 8081);
        return cluster.A.Successor();
    }

    private static bool HasFlags(TestNode node, Packet packet, ConntrackFlag flags) => ((ConntrackFlag)node.EntryOf(packet)!.Value.Flags).HasFlag(flags);

    private static (string, int) Source(Packet packet) => (packet.Source(), packet.SourcePort());
}
