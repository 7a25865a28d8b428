using System.Net;

namespace Netweir.Endpoints;

/// <summary>
/// A hostPort that the runtime asked for (CNI capability portMappings). The plugin records it; the agent programs it, at once, or when it runs
/// again: ADD works without the agent, and the port answers from then on. A property with a default has a setter: the JSON source generator
/// overwrites the defaults of init-only ones.
/// </summary>
public sealed record PortMapping
{
    private const int MostPorts = 65535;

    public int HostPort { get; init; }

    public int ContainerPort { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>, in any case.</summary>
    public string Protocol { get; set; } = "tcp";

    /// <summary>Null, empty or unspecified (<c>0.0.0.0</c>, <c>::</c>): every address of the node, in the families that the pod has.</summary>
    public string? HostIP { get; init; }

    /// <summary>Key, value and what is wrong with it; null for a valid mapping.</summary>
    public string? Problem()
    {
        if (HostPort is < 1 or > MostPorts)
        {
            return $"hostPort {HostPort} is not between 1 and {MostPorts}";
        }

        if (ContainerPort is < 1 or > MostPorts)
        {
            return $"containerPort {ContainerPort} is not between 1 and {MostPorts}";
        }

        if (Protocol.ToUpperInvariant() is not ("TCP" or "UDP" or "SCTP"))
        {
            return $"protocol '{Protocol}' is not tcp, udp or sctp";
        }

        return string.IsNullOrEmpty(HostIP) || IsAddress(HostIP) ? null : $"hostIP '{HostIP}' is not an IP address";
    }

    /// <summary>The one address of a valid mapping that it is for; null: every one.</summary>
    public IPAddress? Address()
    {
        if (string.IsNullOrEmpty(HostIP))
        {
            return null;
        }

        IPAddress address = IPAddress.Parse(HostIP);
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? null : address;
    }

    /// <summary>.NET reads 10.1 and 010.0.0.1 as well, as something that nobody means.</summary>
    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':', StringComparison.Ordinal) ? !text.AsSpan().ContainsAny("%[]") : address.ToString() == text);
}
