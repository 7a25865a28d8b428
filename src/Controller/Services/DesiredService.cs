using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>All ports of one Kubernetes Service. Without ports: the Service is not to be programmed.</summary>
internal sealed record DesiredService(ObjectKey Key, IReadOnlyList<DesiredPort> Ports);
