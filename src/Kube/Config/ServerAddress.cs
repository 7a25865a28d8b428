using System.Net;

namespace Netweir.Kube;

/// <summary>API server addresses as operators write them.</summary>
public static class ServerAddress
{
    private const int DefaultPort = 6443;

    /// <summary>
    /// Accepts a URL (https or http), <c>host</c>, <c>host:port</c>, an IPv4 or IPv6 address, or <c>[IPv6]:port</c>. Without a scheme: https
    /// and port 6443.
    /// </summary>
    /// <exception cref="KubeConfigException">None of these.</exception>
    public static Uri Parse(string text)
    {
        var trimmed = text.Trim();
        if (!trimmed.Contains("://", StringComparison.Ordinal))
        {
            trimmed = "https://" + WithPort(trimmed);
        }

        var valid = Uri.TryCreate(trimmed, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.Host.Length > 0
            && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0;
        return valid
            ? uri!
            : throw new KubeConfigException($"'{text}' is not an API server address: write https://HOST:PORT, HOST:PORT or an IP address");
    }

    private static string WithPort(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            // "192.0.2.1" and "fd00::1" are addresses; "[fd00::1]:6443" parses as one too, but carries its port.
            return host.StartsWith('[') ? BracketedWithPort(host) : $"{Bracket(address)}:{DefaultPort}";
        }

        return host.StartsWith('[') ? BracketedWithPort(host) : host.Contains(':', StringComparison.Ordinal) ? host : $"{host}:{DefaultPort}";
    }

    private static string BracketedWithPort(string host) => host.EndsWith(']') ? $"{host}:{DefaultPort}" : host;

    internal static string Bracket(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
