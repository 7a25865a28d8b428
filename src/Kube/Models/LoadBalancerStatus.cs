namespace Netweir.Kube;

/// <summary>Service.status.loadBalancer.</summary>
public sealed record LoadBalancerStatus
{
    private readonly IReadOnlyList<LoadBalancerIngress> _ingress = [];

    public IReadOnlyList<LoadBalancerIngress> Ingress { get => _ingress; init => _ingress = value.WithoutNulls(); }

    internal static LoadBalancerStatus Empty { get; } = new();
}
