using Netweir.Datapath.Tests.Harness;

namespace Netweir.Datapath.Tests;

/// <summary>
/// BIG TCP: the kernel alone makes packets whose IP header tells no length. Those are too large for BPF_PROG_TEST_RUN; tests/e2e sends them. What
/// pretends to be one is no packet.
/// </summary>
public sealed class BigTcpTests
{
    [Theory, MemberData(nameof(Ways.Families), MemberType = typeof(Ways))]
    public void Packets_of_at_most_64_KiB_tell_their_length(Family family)
    {
        using var cluster = new Cluster(family);
        var net = cluster.Net;
        var packet = Net.Tcp(net.A1, 4000, net.A2, 80) with { Payload = new PacketBytes(new byte[2800]) };
        cluster.A.FromPod(packet, gsoSize: 1400).ToPod(Device.Pod2);
        foreach (var gsoSize in (uint[])[0, 1400])
        {
            foreach (var forged in Forged(packet))
            {
                cluster.A.FromPod(forged, gsoSize: gsoSize).Dropped(DropReason.Malformed);
                Assert.Equal(Outcome.Ok, cluster.A.FromNetdev(forged).Verdict);
            }
        }
    }

    private static IEnumerable<Packet> Forged(Packet packet) => packet.Ip switch
    {
        IPv4Header v4 => [packet with { Ip = v4 with { LengthField = 0 } }],
        IPv6Header v6 =>
        [
            packet with { Ip = v6 with { LengthField = 0 } },
            // With RFC 2675's option, which says 96 KiB.
            packet with { Ip = v6 with { LengthField = 0, Extensions = [new IPv6OptionsExtension(IPv6OptionsExtension.HopByHop) { Body = new PacketBytes([0xc2, 4, 0, 1, 0x80, 0]) }] } },
        ],
        _ => throw new ArgumentException("has no IP header", nameof(packet)),
    };
}
