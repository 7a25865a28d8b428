using System.Net;

namespace Netweir.Support.Packets;

/// <summary>Changed copies of packets; read as a sentence: `Packet.Tcp(a, b).Syn().Ttl(1)`.</summary>
public static class PacketChanges
{
    public static Packet Mac(this Packet packet, string source, string destination) =>
        packet.Mac(EthernetAddress.Parse(source), EthernetAddress.Parse(destination));

    public static Packet Mac(this Packet packet, EthernetAddress source, EthernetAddress destination) =>
        packet with { Ethernet = (packet.Ethernet ?? new()) with { Source = source, Destination = destination } };

    public static Packet WithoutEthernet(this Packet packet) => packet with { Ethernet = null };

    /// <param name="from">An address, or `address:port`; without a port the port stays.</param>
    public static Packet From(this Packet packet, string from)
    {
        var end = IPEndPoint.Parse(from);
        return packet with
        {
            Ip = packet.NeedIp() with { Source = end.Address },
            L4 = packet.L4 is PortHeader ports && end.Port != 0 ? ports with { SourcePort = (ushort)end.Port } : packet.L4,
        };
    }

    /// <inheritdoc cref="From"/>
    public static Packet To(this Packet packet, string to)
    {
        var end = IPEndPoint.Parse(to);
        return packet with
        {
            Ip = packet.NeedIp() with { Destination = end.Address },
            L4 = packet.L4 is PortHeader ports && end.Port != 0 ? ports with { DestinationPort = (ushort)end.Port } : packet.L4,
        };
    }

    public static Packet Ttl(this Packet packet, byte ttl) => packet with { Ip = packet.NeedIp() with { Ttl = ttl } };

    /// <summary>As a router forwards it: one less to live.</summary>
    public static Packet Forwarded(this Packet packet) => packet.Ttl((byte)(packet.NeedIp().Ttl - 1));

    public static Packet Tos(this Packet packet, byte tos) => packet with { Ip = packet.NeedIp() with { Tos = tos } };

    public static Packet IpId(this Packet packet, ushort id) => packet with { Ip = packet.Need<IPv4Header>(packet.Ip) with { Id = id } };

    public static Packet DontFragment(this Packet packet, bool value = true) =>
        packet with { Ip = packet.Need<IPv4Header>(packet.Ip) with { DontFragment = value } };

    /// <param name="options">IPv4 options, a multiple of 4 bytes.</param>
    public static Packet IpOptions(this Packet packet, params byte[] options) =>
        packet with { Ip = packet.Need<IPv4Header>(packet.Ip) with { Options = new(options) } };

    public static Packet FlowLabel(this Packet packet, uint label) =>
        packet with { Ip = packet.Need<IPv6Header>(packet.Ip) with { FlowLabel = label } };

    public static Packet Extension(this Packet packet, IPv6Extension extension)
    {
        var ip = packet.Need<IPv6Header>(packet.Ip);
        return packet with { Ip = ip with { Extensions = ip.Extensions.Add(extension) } };
    }

    /// <summary>Adds a hop-by-hop header that holds only padding.</summary>
    public static Packet HopByHop(this Packet packet) => packet.Extension(new IPv6OptionsExtension(IPv6OptionsExtension.HopByHop));

    public static Packet Payload(this Packet packet, string text) => packet with { Payload = PacketBytes.FromText(text) };

    public static Packet Payload(this Packet packet, params byte[] bytes) => packet with { Payload = new(bytes) };

    public static Packet Payload(this Packet packet, PacketBytes bytes) => packet with { Payload = bytes };

    /// <summary>UDP checksum 0: none was computed.</summary>
    public static Packet WithoutUdpChecksum(this Packet packet) =>
        packet with { L4 = packet.Need<UdpHeader>(packet.L4) with { Checksum = 0 } };

    /// <summary>
    /// Replaces the L4 checksum of the packet that an ICMP error quotes by the right one: use it on both sides of a comparison
    /// where the translator may leave that checksum alone (nobody verifies it).
    /// </summary>
    public static Packet WithoutEmbeddedChecksum(this Packet packet) => packet.Embedded is not { } quoted ? packet : packet with
    {
        Embedded = quoted with
        {
            L4 = quoted.L4 switch
            {
                TcpHeader tcp => tcp with { Checksum = null },
                UdpHeader udp => udp with { Checksum = null },
                IcmpHeader icmp => icmp with { Checksum = null },
                SctpHeader sctp => sctp with { Checksum = null },
                var other => other,
            },
        },
    };

    /// <summary>This frame in VXLAN; the outer packet has a UDP checksum of 0 and default MAC addresses.</summary>
    public static Packet InVxlan(
        this Packet inner, string outerSource, string outerDestination, uint vni, ushort sourcePort, ushort port = VxlanHeader.Port)
    {
        var from = new IPEndPoint(IPAddress.Parse(outerSource), sourcePort);
        var to = new IPEndPoint(IPAddress.Parse(outerDestination), port);
        return Packet.Udp(from, to).WithoutUdpChecksum() with { Vxlan = new() { Vni = vni }, Inner = inner };
    }

    internal static IpHeader NeedIp(this Packet packet) =>
        packet.Ip ?? throw new InvalidOperationException($"This change needs an IP packet, not: {packet}");

    internal static T Need<T>(this Packet packet, object? header)
        where T : class =>
        header as T ?? throw new InvalidOperationException($"This change needs a packet with {typeof(T).Name}, not: {packet}");
}
