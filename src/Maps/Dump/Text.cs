using System.Globalization;
using System.Net;

namespace Netweir.Maps;

/// <summary>How tables write what several maps have.</summary>
internal static class Text
{
    /// <summary><c>10.0.0.1:80</c>, <c>[fd00::1]:80</c></summary>
    public static string Place(Address address, Be16 port) => address.IsIPv4
        ? string.Create(CultureInfo.InvariantCulture, $"{address}:{port.Value}")
        : string.Create(CultureInfo.InvariantCulture, $"[{address}]:{port.Value}");

    /// <summary>All of this node's addresses as <c>* (IPv4)</c>.</summary>
    public static string Frontend(Address address) => address.IsZero ? "* (IPv6)" : address == Address.From(IPAddress.Any) ? "* (IPv4)" : address.ToString();

    public static string Protocol(byte protocol) => protocol switch
    {
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPv6",
        132 => "SCTP",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary><c>NoSuchPod</c> -> <c>no_such_pod</c>; an unknown value as its number.</summary>
    public static string Snake<T>(T value)
        where T : struct, Enum => string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    /// <summary><c>established,snat</c></summary>
    public static string Flags<T>(T value)
        where T : struct, Enum => value.Equals(default(T)) ? "" : string.Join(',', value.ToString().Split(", ").Select(f => f.ToLowerInvariant()));
}
