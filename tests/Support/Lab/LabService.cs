using System.Net;

namespace Netweir.Support.Lab;

/// <summary>A dual-stack service of type ClusterIP. Its port takes TCP and UDP.</summary>
public sealed record LabService
{
    /// <summary>Leads to the pods' echo servers.</summary>
    public const int Port = 80;

    /// <summary>TCP; leads to the pods' mirror servers.</summary>
    public const int MirrorPort = 81;

    public required string Name { get; init; }

    public required IPAddress IPv4 { get; init; }

    public required IPAddress IPv6 { get; init; }

    public IPAddress Address(bool ipv6) => ipv6 ? IPv6 : IPv4;

    public IPEndPoint EndPoint(bool ipv6) => new(Address(ipv6), Port);

    public IPEndPoint MirrorEndPoint(bool ipv6) => new(Address(ipv6), MirrorPort);
}
