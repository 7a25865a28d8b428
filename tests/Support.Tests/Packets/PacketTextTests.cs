using Netweir.Support.Packets;

namespace Netweir.Support.Tests.Packets;

public sealed class PacketTextTests
{
    private const string Macs = "02:00:00:00:00:01>02:00:00:00:00:02 ";
    private static readonly Packet Syn = Packet.Tcp("10.0.1.2:4000", "10.96.0.10:80").Syn();

    public static TheoryData<Packet, string> Lines => new()
    {
        { Syn, Macs + "10.0.1.2:4000>10.96.0.10:80 tcp S seq=1 ttl=64 len=0" },
        { Syn.WithoutEthernet().Mss(1460), "10.0.1.2:4000>10.96.0.10:80 tcp S seq=1 opts=020405b4 ttl=64 len=0" },
        { Packet.Udp("[fd00::1]:53", "[fd00::2]:9").HopByHop().Payload("hi"), Macs + "[fd00::1]:53>[fd00::2]:9 udp ttl=64 ext=0:010400000000 len=2 \"hi\"" },
        { Packet.Ping("10.0.1.2", "10.0.2.2", 3, 4).Payload(0, 255), Macs + "10.0.1.2>10.0.2.2 icmp echo id=3 seq=4 ttl=64 len=2 00ff" },
        { Syn.Fragment(7, 16, true), Macs + "10.0.1.2>10.96.0.10 proto=6 ttl=64 frag=7:16+ id=7 len=0" },
        {
            Packet.PortUnreachable("10.0.1.3", "10.0.1.2", Syn).WithoutEthernet(),
            "10.0.1.3>10.0.1.2 icmp type=3 code=3 ttl=64 len=0 quotes [10.0.1.2:4000>10.96.0.10:80 tcp S seq=1 ttl=64 len=0]"
        },
        {
            Syn.WithoutEthernet().InVxlan("172.18.0.2", "172.18.0.3", 9, 50000).WithoutEthernet(),
            "172.18.0.2:50000>172.18.0.3:4789 udp csum=none ttl=64 len=0 vxlan vni=9 [10.0.1.2:4000>10.96.0.10:80 tcp S seq=1 ttl=64 len=0]"
        },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void Packet_prints_as_one_line(Packet packet, string line) => Assert.Equal(line, packet.ToString());

    [Fact]
    public void Mismatch_shows_both_lines()
    {
        var other = Syn.To("10.0.2.2:8080").Forwarded();
        var error = Assert.Throws<PacketMismatchException>(() => PacketAssert.Equal(Syn, other.Serialize()));
        Assert.Contains($"\nexpected: {Syn}\nactual:   {other}", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("Packets differ from byte 22 on (54 and 54 bytes)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mismatch_in_a_list_shows_all_lines()
    {
        IReadOnlyList<Packet> none = [];
        var error = Assert.Throws<PacketMismatchException>(() => PacketAssert.Equal([Syn], none));
        Assert.Contains($"expected: {Syn}\nactual:   none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Incorrect_packet_is_a_mismatch_that_names_the_checksum()
    {
        var bytes = Syn.Serialize();
        bytes[^1] ^= 1;
        var error = Assert.Throws<PacketMismatchException>(() => PacketAssert.Equal(Syn, bytes));
        Assert.Contains("TCP checksum is 0x", error.Message, StringComparison.Ordinal);
    }
}
