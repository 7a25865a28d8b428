using System.Net;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>All ports of one Kubernetes Service. Without ports: the Service is not to be programmed.</summary>
internal sealed record DesiredService(ObjectKey Key, IReadOnlyList<DesiredPort> Ports)
{
    /// <summary>Null when no load balancer asks for it.</summary>
    public HealthCheckNodePort? HealthCheck { get; init; }

    /// <summary>Load balancer addresses and external IPs.</summary>
    public IReadOnlyList<IPAddress> ExternalAddresses { get; init; } = [];

    /// <summary>Source ranges that are no CIDR, as the API has them.</summary>
    public IReadOnlyList<string> InvalidSourceRanges { get; init; } = [];
}
