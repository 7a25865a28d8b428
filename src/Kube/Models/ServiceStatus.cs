namespace Netweir.Kube;

/// <summary>Service.status.</summary>
public sealed record ServiceStatus
{
    private readonly LoadBalancerStatus _loadBalancer = LoadBalancerStatus.Empty;

    public LoadBalancerStatus LoadBalancer { get => _loadBalancer; init => _loadBalancer = value ?? LoadBalancerStatus.Empty; }

    internal static ServiceStatus Empty { get; } = new();
}
