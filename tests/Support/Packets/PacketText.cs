using System.Net;
using System.Net.Sockets;

namespace Netweir.Support.Packets;

internal static class PacketText
{
    private static readonly (TcpFlags Flag, char Letter)[] FlagLetters =
    [
        (TcpFlags.Syn, 'S'), (TcpFlags.Fin, 'F'), (TcpFlags.Rst, 'R'), (TcpFlags.Psh, 'P'),
        (TcpFlags.Ack, '.'), (TcpFlags.Urg, 'U'), (TcpFlags.Ece, 'E'), (TcpFlags.Cwr, 'W'),
    ];

    public static string Of(Packet packet) => string.Join(' ', Words(packet).Where(word => word.Length > 0));

    private static IEnumerable<string> Words(Packet packet)
    {
        if (packet.Ethernet is { } ethernet)
        {
            yield return $"{ethernet.Source}>{ethernet.Destination}";
            yield return ethernet.EtherType is { } type ? $"type=0x{type:x4}" : "";
        }
        if (packet.Ip is { } ip)
        {
            var ports = packet.L4 as PortHeader;
            yield return $"{End(ip.Source, ports?.SourcePort)}>{End(ip.Destination, ports?.DestinationPort)}";
            yield return L4(packet.L4);
            yield return $"ttl={ip.Ttl}";
            yield return IpDetails(ip);
        }
        yield return $"len={packet.Payload.Length}";
        yield return packet.Payload.Length > 0 ? packet.Payload.ToString() : "";
        yield return packet.Trailer.Length > 0 ? $"trailer={packet.Trailer.Length}:{packet.Trailer}" : "";
        yield return packet.Inner is { } inner ? $"vxlan vni={packet.Vxlan?.Vni} [{inner}]" : "";
        yield return packet.Embedded is { } quoted ? $"quotes [{quoted}]" : "";
    }

    private static string End(IPAddress address, ushort? port) => port is null
        ? address.ToString()
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]:{port}" : $"{address}:{port}";

    private static string L4(L4Header? header) => header switch
    {
        TcpHeader tcp => Tcp(tcp),
        UdpHeader udp => "udp" + Given(" length", udp.LengthField) + Checksum(udp.Checksum),
        IcmpHeader icmp => Icmp(icmp) + Checksum(icmp.Checksum),
        SctpHeader sctp => $"sctp tag={sctp.VerificationTag}" + Checksum(sctp.Checksum),
        TruncatedHeader cut => $"proto={cut.Number} cut",
        { } other => $"proto={other.Protocol}",
        null => "no-l4",
    };

    private static string Tcp(TcpHeader tcp)
    {
        var letters = string.Concat(FlagLetters.Where(f => tcp.Flags.HasFlag(f.Flag)).Select(f => f.Letter));
        return $"tcp {(letters.Length > 0 ? letters : "none")} seq={tcp.Sequence}"
            + (tcp.Acknowledgment != 0 ? $" ack={tcp.Acknowledgment}" : "")
            + (tcp.Window != ushort.MaxValue ? $" win={tcp.Window}" : "")
            + (tcp.UrgentPointer != 0 ? $" urg={tcp.UrgentPointer}" : "")
            + (tcp.Reserved != 0 ? $" reserved={tcp.Reserved}" : "")
            + Options("opts", tcp.Options) + Checksum(tcp.Checksum);
    }

    private static string Icmp(IcmpHeader icmp)
    {
        var name = icmp.IsIcmp6 ? "icmp6" : "icmp";
        if (icmp is { Code: 0 } && (icmp.IsEchoRequest || icmp.IsEchoReply))
        {
            return $"{name} {(icmp.IsEchoRequest ? "echo" : "echo-reply")} id={icmp.Id} seq={icmp.Sequence}";
        }
        return $"{name} type={icmp.Type} code={icmp.Code}" + (icmp.Rest != 0 ? $" rest={icmp.Rest}" : "");
    }

    private static string IpDetails(IpHeader ip)
    {
        var common = (ip.Tos != 0 ? $"tos={ip.Tos}" : "") + Given(" iplen", ip.LengthField);
        var fragment = ip.Fragment is { } f ? $" frag={f.Id}:{f.Offset}{(f.More ? "+" : "")}" : "";
        var rest = ip switch
        {
            IPv4Header v4 => (v4.Id != 0 ? $" id={v4.Id}" : "") + (v4.DontFragment ? " df" : "")
                + Options("ipopts", v4.Options) + (v4.Checksum is { } c ? $" ipcsum=0x{c:x4}!" : ""),
            IPv6Header v6 => (v6.FlowLabel != 0 ? $" flow={v6.FlowLabel}" : "")
                + string.Concat(v6.Extensions.OfType<IPv6OptionsExtension>().Select(e => $" ext={e.Type}:{e.Body}")),
            _ => "",
        };
        return (common + fragment + rest).Trim();
    }

    private static string Options(string name, PacketBytes options) =>
        options.Length > 0 ? $" {name}={Convert.ToHexStringLower(options.Span)}" : "";

    private static string Given(string name, int? value) => value is { } given ? $"{name}={given}" : "";

    private static string Checksum(uint? given) => given switch
    {
        null => "",
        0 => " csum=none",
        { } value => $" csum=0x{value:x4}!",
    };
}
