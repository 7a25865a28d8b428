using Netweir.Support.Packets;

namespace Netweir.Support.Tests.Packets;

public sealed class PacketChecksumTests
{
    private static readonly Packet Udp4 = Packet.Udp("10.0.1.2:4000", "10.96.0.10:53").Payload("question");

    [Fact]
    public void IPv4_checksum_matches_a_published_header()
    {
        // The worked example of the IPv4 header checksum: 192.168.0.1 > 192.168.0.199, checksum 0xb861.
        var header = PacketBytes.FromHex("45 00 00 73 00 00 40 00 40 11 b8 61 c0 a8 00 01 c0 a8 00 c7");
        var packet = Packet.Raw(17, "192.168.0.1", "192.168.0.199").WithoutEthernet().DontFragment().Payload(new byte[95]);
        Assert.Equal(header.ToArray(), packet.Serialize()[..20]);
    }

    [Fact]
    public void Sctp_checksum_is_the_crc32c_of_rfc_3720()
    {
        // 32 bytes of zeroes have the CRC32c aa 36 91 8a (RFC 3720, B.4): ports, tag and checksum are zero, too.
        var packet = Packet.Sctp("10.0.0.1:0", "10.0.0.2:0").WithoutEthernet().Payload(new byte[20]);
        Assert.Equal([0xaa, 0x36, 0x91, 0x8a], packet.Serialize()[28..32]);
    }

    [Theory]
    [InlineData(24, "IPv4 header checksum is 0x")]
    [InlineData(40, "UDP checksum is 0x")]
    public void Wrong_checksum_is_named_with_what_it_should_be(int offset, string message)
    {
        var bytes = Udp4.Serialize();
        var right = $"should be 0x{bytes[offset]:x2}{bytes[offset + 1]:x2} (10.0.1.2 > 10.96.0.10";
        bytes[offset] ^= 0x10;
        var error = Assert.Throws<PacketFormatException>(() => Packet.Parse(bytes));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(right, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_checksum_survives_when_not_verified()
    {
        var bytes = Udp4.Serialize();
        bytes[40] ^= 0x10;
        var packet = Packet.Parse(bytes, verifyChecksums: false);
        Assert.NotEqual(Udp4, packet);
        Assert.Equal(bytes, packet.Serialize());
        Assert.Contains("csum=0x", packet.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Udp_over_ipv6_needs_a_checksum_outside_tunnels()
    {
        var bytes = Packet.Udp("[fd00::1]:1", "[fd00::2]:2").WithoutUdpChecksum().Serialize();
        var error = Assert.Throws<PacketFormatException>(() => Packet.Parse(bytes));
        Assert.Contains("RFC 6935", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Udp_checksum_that_computes_to_zero_is_sent_as_all_ones()
    {
        var probe = Udp4.Payload(0, 0);
        var rest = probe.Serialize()[40..42];
        var packet = Udp4.Payload(rest);
        Assert.Equal([0xff, 0xff], packet.Serialize()[40..42]);
        Assert.Equal(packet, Packet.Parse(packet.Serialize()));
    }

    [Fact]
    public void Wrong_ip_checksum_in_a_quoted_packet_is_an_error()
    {
        var bytes = Packet.PortUnreachable("10.0.1.3", "10.0.1.2", Udp4).Serialize();
        ChangeKeepingIcmpChecksum(bytes, 42 + 10);
        var error = Assert.Throws<PacketFormatException>(() => Packet.Parse(bytes));
        Assert.StartsWith("in the packet that the ICMP error quotes: IPv4 header checksum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_l4_checksum_in_a_quoted_packet_is_reported_and_can_be_ignored()
    {
        var expected = Packet.PortUnreachable("10.0.1.3", "10.0.1.2", Udp4);
        var bytes = expected.Serialize();
        ChangeKeepingIcmpChecksum(bytes, 42 + 20 + 6);
        var actual = Packet.Parse(bytes);
        var error = Assert.Throws<PacketMismatchException>(() => PacketAssert.Equal(expected, actual));
        Assert.Contains("csum=0x", error.Message, StringComparison.Ordinal);
        PacketAssert.Equal(expected.WithoutEmbeddedChecksum(), actual.WithoutEmbeddedChecksum());
    }

    [Fact]
    public void Wrong_checksum_in_vxlan_is_an_error()
    {
        var bytes = Udp4.InVxlan("172.18.0.2", "172.18.0.3", 1, 50000).Serialize();
        bytes[^1] ^= 1;
        var error = Assert.Throws<PacketFormatException>(() => Packet.Parse(bytes));
        Assert.StartsWith("in VXLAN: UDP checksum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void First_fragment_keeps_the_checksum_of_the_whole()
    {
        var whole = Udp4.Payload(PacketBytes.Pattern(3000));
        var fragments = whole.FragmentInto(5, 1480);
        Assert.Equal(3, fragments.Count);
        Assert.Equal((ushort)3008, ((UdpHeader)fragments[0].L4!).LengthField);
        Assert.Equal(whole.IpId(5), PacketFragments.Reassemble(fragments.Reverse()));

        var changed = fragments.Select((f, i) => i == 1 ? f.Payload(new byte[1480]) : f);
        Assert.Throws<PacketFormatException>(() => PacketFragments.Reassemble(changed));
        Assert.Throws<PacketFormatException>(() => PacketFragments.Reassemble(fragments.Skip(1)));
        Assert.Throws<PacketFormatException>(() => PacketFragments.Reassemble(fragments.Take(2)));
    }

    /// <summary>Changes a word and its complement in the ICMP checksum's stead, as two equal errors do.</summary>
    private static void ChangeKeepingIcmpChecksum(byte[] bytes, int offset)
    {
        bytes[offset] ^= 0x10;
        bytes[36] = bytes[37] = 0;
        var sum = 0u;
        for (var i = 34; i < bytes.Length; i += 2)
        {
            sum += ((uint)bytes[i] << 8) + (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        }
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        bytes[36] = (byte)(~sum >> 8);
        bytes[37] = (byte)~sum;
    }
}
