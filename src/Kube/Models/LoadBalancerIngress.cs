namespace Netweir.Kube;

/// <summary>One address that a load balancer gave to a service.</summary>
public sealed record LoadBalancerIngress
{
    public string? IP { get; init; }

    /// <summary>VIP, Proxy or null (means VIP).</summary>
    public string? IPMode { get; init; }

    public string? Hostname { get; init; }
}
