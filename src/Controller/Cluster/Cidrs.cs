using System.Net;
using System.Net.Sockets;

namespace Netweir.Controller;

/// <summary>Small things about networks that <see cref="IPNetwork"/> does not say.</summary>
internal static class Cidrs
{
    /// <summary>CIDR notation; the bits after the prefix must be zero, as the API demands too.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && IPNetwork.TryParse(text, out network)
            && IPAddress.TryParse(text.AsSpan(0, slash), out var address) && address.Equals(network.BaseAddress);
    }

    public static bool IsIPv4(this IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;

    public static bool IsIPv4(this IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Whether any address is in both; networks of different families never overlap.</summary>
    public static bool Overlaps(this IPNetwork network, IPNetwork other) =>
        network.PrefixLength <= other.PrefixLength ? network.Contains(other.BaseAddress) : other.Contains(network.BaseAddress);

    /// <summary>The network of this prefix length that the address is in.</summary>
    public static IPNetwork Around(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var bits = Math.Clamp(prefixLength - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - bits));
        }
        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }

    /// <summary>The network that holds this address alone.</summary>
    public static IPNetwork ToNetwork(this IPAddress address) => new(address, address.IsIPv4() ? 32 : 128);
}
