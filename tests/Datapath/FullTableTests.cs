using Netweir.Datapath.Tests.Harness;

namespace Netweir.Datapath.Tests;

/// <summary>Tables that the hooks write forget what was idle longest when they are full: what is in use stays, and what is new gets in.</summary>
public sealed class FullTableTests
{
    /// <summary>And more, on kernels with 100 ticks a second, too.</summary>
    private static readonly TimeSpan KnownFlowLifetime = TimeSpan.FromMilliseconds(100);

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_full_nw_conntrack_keeps_a_flow_that_is_used_and_takes_new_ones(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.B1, 8080).Backend(net.B2, 8080).Backend(net.A2, 8080);
        var busy = Net.Syn(net.A1, 60000, net.Vip, 80);
        var backend = cluster.A.FromPod(busy).Packet.Destination();

        for (var port = 1024; port < 1024 + (int)Harness.Datapath.ConntrackEntries; port++)
        {
            Assert.Equal(8080, PortOf(cluster.A.FromPod(Net.Syn(net.A1, port, net.Vip, 80)).Packet));
            if (port % 256 == 0)
            {
                // Of a flow that goes on at once a CPU remembers what it looked up: only a look-up tells the table that it is used.
                Thread.Sleep(KnownFlowLifetime);
                Assert.Equal(backend, cluster.A.FromPod(busy.PshAck().Payload("data")).Packet.Destination());
            }
        }

        // Two entries a flow: half of them were forgotten at the least.
        Assert.InRange(cluster.A.Conntrack.Count, (int)Harness.Datapath.ConntrackEntries / 2, (int)Harness.Datapath.ConntrackEntries);
        Assert.Equal(backend, cluster.A.FromPod(busy.PshAck().Payload("data")).Packet.Destination());
        // A connection that was forgotten is reset: its client knows at once, and connects anew.
        var tracked = cluster.A.Conntrack.Entries().SelectMany(e => new int[] { e.Key.Sport.Value, e.Key.Dport.Value }).ToHashSet();
        var forgotten = Enumerable.Range(1024, (int)Harness.Datapath.ConntrackEntries).First(port => !tracked.Contains(port));
        cluster.A.FromPod(Net.Syn(net.A1, forgotten, net.Vip, 80).PshAck().Payload("data")).Answered(DropReason.NotAFlow);
        Assert.Equal(8080, PortOf(cluster.A.FromPod(Net.Syn(net.A1, forgotten, net.Vip, 80)).Packet));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_full_nw_affinity_remembers_the_newest_clients(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).With(0, affinityTimeout: 10800).Backend(net.B1, 80).Backend(net.B2, 80).Backend(net.A2, 80);
        cluster.A.FromPod(Net.Syn(net.A1, 4000, net.Vip, 80));
        var (key, entry) = cluster.A.Affinity.Entries().Single();
        for (var client = 0; client < 1000; client++)
        {
            cluster.A.Affinity[key with { Client = Address.Parse($"192.0.{client / 250}.{client % 250}") }] = entry;
        }

        var first = cluster.A.FromPod(Net.Syn(net.A1, 4001, net.Vip, 80)).Packet.Destination();
        Assert.All(Enumerable.Range(4002, 30), port => Assert.Equal(first, cluster.A.FromPod(Net.Syn(net.A1, port, net.Vip, 80)).Packet.Destination()));
        Assert.InRange(cluster.A.Affinity.Count, 128, 512);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_full_nw_fragments_takes_new_packets(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        for (var id = 1u; id <= 600; id++)
        {
            cluster.A.FromPod(Net.Udp(net.A1, 4000, net.A2, 53, new string('x', 2000)).FragmentInto(id, 800)[0]).ToPod(Device.Pod2);
        }

        foreach (var fragment in Net.Udp(net.A1, 4000, net.A2, 53, new string('x', 2000)).FragmentInto(5000, 800))
        {
            cluster.A.FromPod(fragment).ToPod(Device.Pod2);
        }
    }

    private static int PortOf(Packet packet) => ((PortHeader)packet.L4!).DestinationPort;
}
