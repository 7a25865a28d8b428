using System.Net;

namespace Netweir.Datapath.Tests;

/// <summary>Each CPU remembers what is at an address, in a table with a place for some hundred of them.</summary>
public sealed class WayTests
{
    private const int MoreThanPlaces = 3000;

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_pod_that_moved_is_found_where_it_is(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.A2, 53);
        cluster.A.FromPod(packet).ToPod(Device.Pod2);
        cluster.A.Pod(net.A2, Device.Pod3);
        cluster.A.FromPod(packet).ToPod(Device.Pod3);
        cluster.A.Endpoints.Remove(Address.Parse(net.A2));
        cluster.A.NewEpoch();
        Assert.Equal(Outcome.Redirect, cluster.A.FromPod(packet).Verdict); // an answer: there is no such pod
        Assert.Equal(1UL, cluster.A.Datapath.Drops()[(DropReason.NoSuchPod, Hook.FromPod)]);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void A_pod_that_is_gone_does_not_send(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var packet = Net.Udp(net.A1, 4000, net.A2, 53);
        cluster.A.FromPod(packet).ToPod(Device.Pod2);
        cluster.A.Pod(net.A1, Device.Pod3);
        cluster.A.FromPod(packet).Dropped(DropReason.SpoofedSource);
        cluster.A.FromPod(packet, Device.Pod3).ToPod(Device.Pod2);
    }

    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Addresses_that_share_a_place_are_not_mistaken_for_one_another(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        for (var i = 0; i < MoreThanPlaces; i++)
        {
            // Pods of the next node, and in between one of this node, whose place they take in turn.
            var remote = cluster.A.FromPod(Net.Udp(net.A1, 4000, AddressOf(net.B1, i), 53));
            Assert.Equal(Outcome.Redirect, remote.Verdict);
            Assert.Equal(remote.Input.Ethernet!.Destination, remote.Packet.Ethernet!.Destination);
            cluster.A.FromPod(Net.Udp(net.A1, 4000, net.A2, 53)).ToPod(Device.Pod2);
        }
    }

    /// <summary>Of the next node's range; from the 254th IPv4 address on they begin anew.</summary>
    private static string AddressOf(string first, int number)
    {
        var bytes = IPAddress.Parse(first).GetAddressBytes();
        bytes[^1] = (byte)(1 + (number % 254));
        if (bytes.Length > 4)
        {
            bytes[^2] = (byte)(number / 254);
        }
        return new IPAddress(bytes).ToString();
    }
}
