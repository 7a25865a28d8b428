using System.Net.Sockets;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// A Service's traffic policies for one family. <paramref name="ExternallyAccessible"/>: it has a NodePort, a load balancer address with mode VIP,
/// or an external IP (upstream: serviceport.go).
/// </summary>
internal readonly record struct TrafficPolicy(bool InternalLocal, bool ExternalLocal, bool ExternallyAccessible)
{
    public bool UsesCluster => !InternalLocal || ExternallyAccessible;

    public bool UsesLocal => InternalLocal || (ExternalLocal && ExternallyAccessible);

    public static TrafficPolicy Of(Service service, ServiceFacts facts, ServicePort port, AddressFamily family)
    {
        var accessible = port.NodePort != 0 || facts.LoadBalancerIPs.Any(a => a.AddressFamily == family) || facts.ExternalIPs.Any(a => a.AddressFamily == family);
        var takesPolicy = service.Spec.Type is "LoadBalancer" or "NodePort" || (service.Spec.Type == "ClusterIP" && service.Spec.ExternalIPs.Count > 0);
        return new TrafficPolicy(
            service.Spec.InternalTrafficPolicy == "Local", takesPolicy && service.Spec.ExternalTrafficPolicy == "Local", accessible);
    }
}
