using System.Net;

namespace Netweir.Support.Lab;

/// <summary>
/// A dual-stack Service, as its author specifies it: change what <see cref="LabCluster.NewService"/> gives by `with`. Addresses and node
/// ports are the service's own from the beginning; which of them the Service has follows from its type.
/// </summary>
public sealed record LabService
{
    /// <summary>TCP and UDP; leads to the backends' echo servers.</summary>
    public const int Port = 80;

    /// <summary>TCP; leads to the backends' mirror servers.</summary>
    public const int MirrorPort = 81;

    public required string Name { get; init; }

    public required IPAddress IPv4 { get; init; }

    public required IPAddress IPv6 { get; init; }

    public LabServiceType Type { get; init; }

    /// <summary>`tcp`, `udp` and `mirror`, or some of them.</summary>
    public IReadOnlyList<string> PortNames { get; init; } = ["tcp", "udp", "mirror"];

    /// <summary>Of the echo servers, both protocols; the mirror servers' is the next.</summary>
    public required int NodePort { get; init; }

    /// <summary>Of a load balancer whose external traffic policy is Local.</summary>
    public required int HealthCheckNodePort { get; init; }

    /// <summary>status.loadBalancer.ingress of a load balancer: one of each family.</summary>
    public required IReadOnlyList<IPAddress> LoadBalancerIPs { get; init; }

    /// <summary>`VIP`, `Proxy`, or null: as VIP.</summary>
    public string? LoadBalancerIPMode { get; init; }

    public IReadOnlyList<string> SourceRanges { get; init; } = [];

    /// <summary>spec.externalIPs.</summary>
    public IReadOnlyList<IPAddress> ExternalIPs { get; init; } = [];

    /// <summary>Addresses for <see cref="ExternalIPs"/> that nothing else has: one of each family.</summary>
    public required IReadOnlyList<IPAddress> OwnExternalIPs { get; init; }

    /// <summary>externalTrafficPolicy: Local.</summary>
    public bool ExternalTrafficLocal { get; init; }

    /// <summary>internalTrafficPolicy: Local.</summary>
    public bool InternalTrafficLocal { get; init; }

    /// <summary>sessionAffinity: ClientIP with this timeout; null: None.</summary>
    public int? AffinitySeconds { get; init; }

    public bool PublishNotReady { get; init; }

    public string? TrafficDistribution { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public bool HasNodePorts => Type is LabServiceType.NodePort or LabServiceType.LoadBalancer;

    public IPAddress Address(bool ipv6) => ipv6 ? IPv6 : IPv4;

    public IPEndPoint EndPoint(bool ipv6) => new(Address(ipv6), Port);

    public IPEndPoint MirrorEndPoint(bool ipv6) => new(Address(ipv6), MirrorPort);

    public IPEndPoint NodePortOf(LabNode node, bool ipv6)
    {
        ArgumentNullException.ThrowIfNull(node);
        return NodePortAt(node.Address(ipv6));
    }

    public IPEndPoint NodePortAt(IPAddress address) => new(address, NodePort);

    public IPEndPoint LoadBalancer(bool ipv6) => new(LoadBalancerIPs[ipv6 ? 1 : 0], Port);

    public IPEndPoint ExternalIP(bool ipv6) => new(ExternalIPs[ipv6 ? 1 : 0], Port);

    /// <summary>The frontend of the mirror servers beside one of the echo servers.</summary>
    public IPEndPoint Mirror(IPEndPoint frontend)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        return new IPEndPoint(frontend.Address, frontend.Port == Port ? MirrorPort : NodePort + 1);
    }
}
