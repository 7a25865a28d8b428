using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// What a load balancer asks this node about a Service of type LoadBalancer with <c>externalTrafficPolicy: Local</c>, on
/// <c>spec.healthCheckNodePort</c> (KEP 1669, upstream: pkg/proxy/healthcheck). <paramref name="LocalEndpoints"/>: distinct addresses of this
/// node's ready endpoints; terminating ones do not count though they may still serve, and one that has both families counts once.
/// </summary>
internal sealed record HealthCheckNodePort(ObjectKey Service, ushort Port, int LocalEndpoints);
