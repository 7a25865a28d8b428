using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// A Service's traffic policies. <paramref name="ExternallyAccessible"/>: it has a NodePort, a load balancer address with mode VIP, or an
/// external IP (upstream: serviceport.go).
/// </summary>
internal readonly record struct TrafficPolicy(bool InternalLocal, bool ExternalLocal, bool ExternallyAccessible)
{
    public bool UsesCluster => !InternalLocal || ExternallyAccessible;

    public bool UsesLocal => InternalLocal || (ExternalLocal && ExternallyAccessible);

    public static TrafficPolicy Of(Service service, ServicePort port)
    {
        var external = port.NodePort != 0
            || service.Spec.ExternalIPs.Count > 0
            || service.Status.LoadBalancer.Ingress.Any(i => i is { IP: not (null or ""), IPMode: null or "VIP" });
        return new TrafficPolicy(service.Spec.InternalTrafficPolicy == "Local", service.Spec.ExternalTrafficPolicy == "Local", external);
    }
}
