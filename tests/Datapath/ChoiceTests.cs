namespace Netweir.Datapath.Tests;

/// <summary>Which backend a client gets: affinity, hash, source ranges, marked addresses.</summary>
public sealed class ChoiceTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Client_stays_with_its_backend(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).At(net.Vip2, 8080).With(0, affinityTimeout: 10800)
            .Backend(net.B1, 80).Backend(net.B2, 80).Backend(net.A2, 80).Backend(net.World, 80);
        var first = Send(cluster, 4000, net.Vip, 80);
        Assert.All(Enumerable.Range(4001, 40), port => Assert.Equal(first, Send(cluster, port, net.Vip, 80)));
        Assert.All(Enumerable.Range(4101, 20), port => Assert.Equal(first, Send(cluster, port, net.Vip2, 8080)));
        Assert.Equal(1, cluster.A.Affinity.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Client_moves_when_its_backend_is_in_the_list_no_more(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var service = cluster.A.Service(net.Vip, 80).With(0, affinityTimeout: 10800).Backend(net.B1, 80);
        Assert.Equal(net.B1, Send(cluster, 4000, net.Vip, 80));
        service.Backend(net.B2, 80);
        Assert.Equal(net.B1, Send(cluster, 4001, net.Vip, 80));
        service.Terminate(0);
        Assert.All(Enumerable.Range(4002, 10), port => Assert.Equal(net.B2, Send(cluster, port, net.Vip, 80)));
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Client_is_free_after_the_timeout(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).With(0, affinityTimeout: 5).Backend(net.B1, 80).Backend(net.B2, 80).Backend(net.A2, 80);
        var seen = new HashSet<string>();
        for (var port = 4000; port < 4040; port++)
        {
            seen.Add(Send(cluster, port, net.Vip, 80));
            var (key, entry) = cluster.A.Affinity.Entries().Single();
            cluster.A.Affinity[key] = entry with { LastUsed = entry.LastUsed - 6_000_000_000 };
        }
        Assert.Equal(3, seen.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Affinity_to_a_remote_backend_does_not_reach_into_a_local_list(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).With(FrontendFlag.OutsideLocal, affinityTimeout: 10800)
            .Backend(net.B1, 80, outside: false, lists: BackendFlag.ClusterList)
            .Backend(net.A2, 80, inside: false, lists: BackendFlag.LocalList);
        var inside = Net.Syn(net.A1, 4000, net.Vip, 80);
        Assert.Equal(net.B1, cluster.A.FromPod(inside).ToWire().Destination());
        var (key, entry) = cluster.A.Affinity.Entries().Single();
        cluster.A.Affinity[key with { Client = Address.Parse(net.World) }] = entry;
        Assert.Equal(net.A2, cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.Vip, 80)).ToPod(Device.Pod2).Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Hash_chooses_the_same_backend_on_every_node(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        foreach (var node in (TestNode[])[cluster.A, cluster.B])
        {
            var service = node.Service(net.Router, 80).With(FrontendFlag.Consistent);
            for (var i = 1; i <= 7; i++)
            {
                service.Backend(net.World, 8000 + i);
            }
        }
        var chosen = new HashSet<int>();
        for (var port = 2000; port < 2200; port++)
        {
            var syn = Net.Syn(net.Office, port, net.Router, 80);
            var atA = ((PortHeader)cluster.A.FromNetdev(syn).ToWire().L4!).DestinationPort;
            Assert.Equal(atA, ((PortHeader)cluster.B.FromNetdev(syn).ToWire().L4!).DestinationPort);
            chosen.Add(atA);
        }
        Assert.Equal(7, chosen.Count);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Only_allowed_sources_reach_a_load_balancer_address(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Router, 80).AllowFrom(net.OfficeRange).Backend(net.A1, 8080);
        Assert.Equal(net.A1, cluster.A.FromNetdev(Net.Syn(net.Office, 4000, net.Router, 80)).ToPod(Device.Pod1).Destination());
        cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.Router, 80)).Dropped(DropReason.SourceNotAllowed);
        cluster.A.FromPod(Net.Syn(net.A2, 4000, net.Router, 80), Device.Pod2).Dropped(DropReason.SourceNotAllowed);
        cluster.A.Service(net.Vip, 80).Backend(net.A1, 8080);
        Assert.Equal(net.A1, cluster.A.FromPod(Net.Syn(net.A2, 4000, net.Vip, 80), Device.Pod2).ToPod(Device.Pod1).Destination());
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Other_ports_of_a_marked_address_are_refused(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        cluster.A.Service(net.Vip, 80).Backend(net.A2, 8080).Marked();
        var syn = Net.Syn(net.A1, 4000, net.Vip, 81);
        PacketAssert.Equal(Answers.ResetOf(syn), cluster.A.FromPod(syn).Answered(DropReason.NoSuchPort));
        var datagram = Net.Udp(net.A1, 4000, net.Vip, 80);
        Assert.IsType<IcmpHeader>(cluster.A.FromPod(datagram).Answered(DropReason.NoSuchPort).L4);
        cluster.A.FromPod(Net.Syn(net.A1, 4000, net.Vip2, 80)).Dropped(DropReason.NoSuchService);
        cluster.A.FromHost(Net.Syn(net.NodeA, 4000, net.Vip, 81)).Answered(DropReason.NoSuchPort);
        cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.Vip, 81)).Answered(DropReason.NoSuchPort);
        cluster.A.FromNetdev(Net.Syn(net.World, 4000, net.Vip2, 80)).Dropped(DropReason.NoSuchService);
    }

    private static string Send(Cluster cluster, int port, string to, int toPort) =>
        Cluster.Inside(cluster.A.FromPod(Net.Syn(cluster.Net.A1, port, to, toPort)).Packet).Destination();
}
