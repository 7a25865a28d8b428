using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Netweir.Controller.Services;
using Netweir.Maps;

namespace Netweir.Controller;

/// <summary>
/// Host ports as services, computed: one per pod, with a port per mapping, named <c>8080</c> or <c>8080@127.0.0.1</c>, whose only backend in each
/// family is the pod. Clients keep their addresses.
/// </summary>
internal static class HostPortTable
{
    private const BackendFlag BothLists = BackendFlag.ClusterList | BackendFlag.LocalList;

    public static IReadOnlyList<DesiredService> Compute(IReadOnlyList<HostPortClaim> claims) =>
    [
        .. from claim in claims
           group Port(claim) by claim.Service into ports
           select new DesiredService(ports.Key, [.. ports]),
    ];

    private static DesiredPort Port(HostPortClaim claim)
    {
        var port = claim.HostPort.ToString(CultureInfo.InvariantCulture);
        var (backends, frontends) = (new List<DesiredBackend>(2), new List<DesiredFrontend>(2));
        foreach (var pod in (ReadOnlySpan<IPAddress?>)[claim.PodIPv4, claim.PodIPv6])
        {
            if (pod is not null)
            {
                var backend = Keys.Of(pod, claim.ContainerPort, claim.Protocol);
                backends.Add(new DesiredBackend(backend, BothLists));
                frontends.Add(DesiredFrontend.HostPort(Frontend(claim, pod.AddressFamily), [backend]));
            }
        }
        return new DesiredPort
        {
            Key = new ServicePortKey(claim.Service, claim.HostIP is null ? port : $"{port}@{claim.HostIP}", claim.Protocol),
            Port = claim.HostPort,
            Backends = backends,
            Frontends = frontends,
        };
    }

    private static FrontendKey Frontend(HostPortClaim claim, AddressFamily family) =>
        claim.HostIP is null ? Keys.OfNode(family, claim.HostPort, claim.Protocol) : Keys.Of(claim.HostIP, claim.HostPort, claim.Protocol);
}
