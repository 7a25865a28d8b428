using System.Net;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>
/// A host port that a connected pod has. <paramref name="HostIP"/> is null for all of this node's addresses. Ports are in host byte order,
/// <paramref name="Protocol"/> is an IPPROTO_* number; the pod's address is null in a family that the claim is not about. Compares by value.
/// </summary>
internal readonly record struct HostPortClaim(
    ObjectKey Service, IPAddress? HostIP, ushort HostPort, byte Protocol, ushort ContainerPort, IPAddress? PodIPv4, IPAddress? PodIPv6)
{
    /// <summary>What another pod cannot have at the same time.</summary>
    public (IPAddress? HostIP, ushort HostPort, byte Protocol) Place => (HostIP, HostPort, Protocol);
}
