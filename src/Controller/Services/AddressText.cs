using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>
/// Addresses and CIDRs as Kubernetes reads them (k8s.io/utils/net, ParseIPSloppy and ParseCIDRSloppy): four decimal numbers, which may have leading
/// zeros, or IPv6; an IPv4 address that is mapped to IPv6 is IPv4.
/// </summary>
internal static class AddressText
{
    public static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!text.Contains(':', StringComparison.Ordinal))
        {
            return TryParseIPv4(text, out address);
        }

        if (text.Contains('%', StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    public static bool IsAddress(string text) => text.Contains(':', StringComparison.Ordinal) ? TryParse(text, out IPAddress _) : TryParseIPv4(text, stackalloc byte[4]);

    /// <summary>Those that can be parsed, each once.</summary>
    public static IEnumerable<IPAddress> Parsed(IEnumerable<string> texts)
    {
        var addresses = new List<IPAddress>();
        foreach (var text in texts)
        {
            if (TryParse(text, out IPAddress address))
            {
                addresses.Add(address);
            }
        }

        return addresses.Distinct();
    }

    /// <summary>Bits after the prefix are ignored.</summary>
    public static bool TryParse(string text, out SourceRange range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParse(text[..slash], out IPAddress address)
            || !byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return false;
        }

        var most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (length > most)
        {
            return false;
        }

        range = SourceRange.Around(address, length);
        return true;
    }

    private static bool TryParseIPv4(string text, out IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        var parsed = TryParseIPv4(text, bytes);
        address = parsed ? new IPAddress(bytes) : IPAddress.None;
        return parsed;
    }

    private static bool TryParseIPv4(string text, Span<byte> bytes)
    {
        var count = 0;
        foreach (var part in text.AsSpan().Split('.'))
        {
            if (count == bytes.Length || !byte.TryParse(text.AsSpan(part), NumberStyles.None, CultureInfo.InvariantCulture, out bytes[count++]))
            {
                return false;
            }
        }

        return count == bytes.Length;
    }
}
