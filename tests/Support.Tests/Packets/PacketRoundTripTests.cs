using Netweir.Support.Packets;

namespace Netweir.Support.Tests.Packets;

public sealed class PacketRoundTripTests
{
    private static readonly Packet Tcp4 = Packet.Tcp("10.0.1.2:4000", "10.96.0.10:80");
    private static readonly Packet Tcp6 = Packet.Tcp("[fd00::2]:4000", "[fd00::10]:80");
    private static readonly Packet Udp4 = Packet.Udp("10.0.1.2:4000", "10.96.0.10:53").Payload("question");
    private static readonly Packet Udp6 = Packet.Udp("[fd00::2]:4000", "[fd00::10]:53").Payload("question");

    private static readonly Dictionary<string, Packet> Samples = new()
    {
        ["tcp syn with options"] = Tcp4.Syn().Mss(1460).Mac("02:11:22:33:44:55", "02:aa:bb:cc:dd:ee"),
        ["tcp data, odd length"] = Tcp4.PshAck().Seq(0xfffffff0).AckNumber(77).Window(5).Payload("abc"),
        ["tcp6"] = Tcp6.SynAck().FlowLabel(0xabcde).Tos(0x2e),
        ["ipv4 options, id, df"] = Tcp4.Ack().IpOptions(1, 1, 1, 0).IpId(99).DontFragment().Tos(4).Ttl(1),
        ["udp"] = Udp4,
        ["udp without checksum"] = Udp4.WithoutUdpChecksum(),
        ["udp6"] = Udp6,
        ["udp empty"] = Packet.Udp("10.0.1.2:1", "10.0.1.3:2"),
        ["ping"] = Packet.Ping("10.0.1.2", "10.0.2.2", 5, 6).Payload("x"),
        ["ping6"] = Packet.Ping("fd00::1", "fd00::2", 5, 6).Payload("x"),
        ["icmp other"] = Packet.Icmp(133, 0, "fe80::1", "ff02::2"),
        ["sctp"] = Packet.Sctp("10.0.1.2:4000", "10.96.0.10:80").Payload(1, 0, 0, 4),
        ["sctp6"] = Packet.Sctp("[fd00::1]:4000", "[fd00::2]:80").Payload(1, 0, 0, 4),
        ["hop-by-hop"] = Udp6.HopByHop(),
        ["two extensions"] = Tcp6.Syn().HopByHop().Extension(
            new IPv6OptionsExtension(IPv6OptionsExtension.DestinationOptions) { Body = PacketBytes.Pattern(14) }),
        ["first fragment"] = Udp4.Fragment(7, 0, more: true),
        ["later fragment"] = Udp4.Fragment(7, 1480, more: false),
        ["first fragment 6"] = Udp6.Fragment(70000, 0, more: true),
        ["later fragment 6"] = Udp6.HopByHop().Fragment(70000, 1480, more: false),
        ["port unreachable"] = Packet.PortUnreachable("10.0.1.3", "10.0.1.2", Udp4),
        ["port unreachable 6"] = Packet.PortUnreachable("fd00::10", "fd00::2", Udp6.HopByHop()),
        ["too big, 28 bytes quoted"] = Packet.TooBig("10.0.1.1", "10.0.1.2", 1400, Tcp4.Ack().Payload(PacketBytes.Pattern(1460)), 28),
        ["too big 6, cut in payload"] = Packet.TooBig("fd00::1", "fd00::2", 1280, Udp6.Payload(PacketBytes.Pattern(1460)), 1000),
        ["time exceeded, quoted ping"] = Packet.TimeExceeded("10.0.1.1", "10.0.1.2", Packet.Ping("10.0.1.2", "10.0.2.2").Ttl(1)),
        ["vxlan"] = Tcp4.Syn().InVxlan("172.18.0.2", "172.18.0.3", 0xabcdef, 50000),
        ["vxlan over 6, linux port"] = Udp6.InVxlan("fd01::2", "fd01::3", 1, 50000, VxlanHeader.LinuxPort),
        ["vxlan that holds an error"] = Packet.PortUnreachable("10.0.1.3", "10.0.1.2", Udp4).InVxlan("172.18.0.2", "172.18.0.3", 1, 50000),
        ["other protocol"] = Packet.Raw(47, "10.0.1.2", "10.0.2.2").Payload("gre"),
        ["arp"] = Packet.Frame(EthernetHeader.TypeArp, PacketBytes.Pattern(28)),
        ["padding"] = Udp4 with { Trailer = PacketBytes.Pattern(6) },
    };

    public static TheoryData<string> Names => new(Samples.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Packet_is_equal_after_serialising_and_parsing(string name)
    {
        var packet = Samples[name];
        var bytes = packet.Serialize();
        var parsed = Packet.Parse(bytes);
        Assert.Equal(packet, parsed);
        Assert.Equal(packet.GetHashCode(), parsed.GetHashCode());
        Assert.Equal(bytes, parsed.Serialize());
        Assert.Equal(packet.ToString(), parsed.ToString());
        Assert.DoesNotContain('\n', packet.ToString());
    }

    [Fact]
    public void Samples_are_all_different_and_look_different()
    {
        Assert.Equal(Samples.Count, Samples.Values.Distinct().Count());
        Assert.Equal(Samples.Count, Samples.Values.Select(p => p.ToString()).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_changed_bit_is_an_error_or_a_difference(string name)
    {
        var packet = Samples[name];
        var bytes = packet.Serialize();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.NotEqual(packet, Packet.Parse(changed));
            }
            catch (PacketFormatException)
            {
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cut_packet_is_an_error_and_nothing_else(string name)
    {
        var packet = Samples[name];
        var bytes = packet.Serialize();
        for (var length = 0; length < bytes.Length - packet.Trailer.Length; length++)
        {
            if (packet.Ip is not null || length < EthernetHeader.Size)
            {
                Assert.Throws<PacketFormatException>(() => Packet.Parse(bytes.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void Packet_without_ethernet_begins_with_ip()
    {
        var packet = Tcp6.Syn().WithoutEthernet();
        Assert.Equal(packet, Packet.ParseIp(packet.Serialize()));
    }
}
