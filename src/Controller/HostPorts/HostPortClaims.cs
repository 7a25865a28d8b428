using System.Net;
using Netweir.Controller.Services;
using Netweir.Endpoints;

namespace Netweir.Controller;

/// <summary>Which pod has which host port, computed from the plugin's records.</summary>
internal static class HostPortClaims
{
    /// <summary>
    /// Of two pods that want the same address, port and protocol (one that terminates and its successor) the younger has it; of two of the same
    /// moment the later by key. <paramref name="nodeAddresses"/> are this node's; <paramref name="localhost"/>: 127.0.0.0/8 is served. What cannot be
    /// served is named in <paramref name="problems"/>. Sorted, the same for the same input in any order.
    /// </summary>
    public static IReadOnlyList<HostPortClaim> Compute(
        IEnumerable<EndpointRecord> connected, IReadOnlySet<IPAddress> nodeAddresses, bool localhost, ICollection<string> problems)
    {
        var taken = new Dictionary<(IPAddress?, ushort, byte), EndpointRecord>();
        var claims = new List<HostPortClaim>();
        var youngestFirst = connected.Where(r => r.PortMappings.Count > 0)
            .OrderByDescending(r => r.Created).ThenByDescending(r => r.Key.ToString(), StringComparer.Ordinal);
        foreach (var pod in youngestFirst)
        {
            foreach (var mapping in pod.PortMappings)
            {
                if (Claim(pod, mapping, nodeAddresses, localhost, problems) is not { } claim)
                {
                    continue;
                }
                if (taken.TryAdd(claim.Place, pod))
                {
                    claims.Add(claim);
                }
                else if (taken[claim.Place].DisplayName is var owner && owner != pod.DisplayName)
                {
                    problems.Add($"{Name(pod, mapping)} is not served: pod {owner}, which is younger, has it; remove one of the two");
                }
            }
        }
        claims.Sort((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
        return claims;
    }

    private static HostPortClaim? Claim(
        EndpointRecord pod, PortMapping mapping, IReadOnlySet<IPAddress> nodeAddresses, bool localhost, ICollection<string> problems)
    {
        var problem = mapping.Problem() ?? Unserved(pod, mapping.Address(), nodeAddresses, localhost);
        if (problem is not null)
        {
            problems.Add($"{Name(pod, mapping)} is not served: {problem}");
            return null;
        }
        var hostIP = mapping.Address();
        return new HostPortClaim(
            HostPortKey.For(pod.PodNamespace ?? pod.Network, pod.PodName ?? pod.ContainerId),
            hostIP,
            (ushort)mapping.HostPort,
            Protocols.Number(mapping.Protocol.ToUpperInvariant())!.Value,
            (ushort)mapping.ContainerPort,
            hostIP?.IsIPv4() == false ? null : AddressOf(pod, ipv4: true),
            hostIP?.IsIPv4() == true ? null : AddressOf(pod, ipv4: false));
    }

    /// <summary>Why an address is not served; an address of somewhere else would take away what the pods here send there.</summary>
    private static string? Unserved(EndpointRecord pod, IPAddress? hostIP, IReadOnlySet<IPAddress> nodeAddresses, bool localhost) => hostIP switch
    {
        null => null,
        _ when AddressOf(pod, hostIP.IsIPv4()) is null => $"the pod has no {(hostIP.IsIPv4() ? "IPv4" : "IPv6")} address",
        _ when IPAddress.IsLoopback(hostIP) && !hostIP.IsIPv4() => "the kernel routes nothing from or to ::1; use 127.0.0.1",
        _ when IPAddress.IsLoopback(hostIP) => localhost ? null : "--localhost-node-ports is false",
        _ => nodeAddresses.Contains(hostIP) ? null : "this node does not have that address (now)",
    };

    private static IPAddress? AddressOf(EndpointRecord pod, bool ipv4) => pod.Addresses.FirstOrDefault(a => a.IsIPv4() == ipv4);

    private static string Name(EndpointRecord pod, PortMapping mapping) =>
        $"pod {pod.DisplayName}: host port {mapping.HostPort}/{mapping.Protocol}{(string.IsNullOrEmpty(mapping.HostIP) ? "" : $" at {mapping.HostIP}")}";
}
