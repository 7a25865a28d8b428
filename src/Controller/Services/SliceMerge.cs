using System.Net;
using System.Net.Sockets;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// The candidates of one Service port and family from all of the Service's slices (upstream: endpointslicecache.go). Only slices of the
/// family's <c>addressType</c> count, only the first address of an endpoint, and only slice ports of the same name and protocol that have a
/// number. The same address and port in two slices counts once: the one that is not terminating wins, then the one on this node, then
/// the slice that is first by name.
/// </summary>
internal static class SliceMerge
{
    /// <summary>Sorted by address bytes, then port. <paramref name="slices"/> are sorted by name.</summary>
    public static IReadOnlyList<BackendCandidate> Candidates(
        IReadOnlyList<EndpointSlice> slices, ServicePort servicePort, AddressFamily family, ThisNode node)
    {
        var addressType = family == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        var merged = new Dictionary<(IPAddress, ushort), BackendCandidate>(slices.Sum(s => s.Endpoints.Count));
        foreach (var slice in slices)
        {
            if (slice.AddressType != addressType)
            {
                continue;
            }

            foreach (var port in slice.Ports)
            {
                if (port.Name == servicePort.Name && port.Protocol == servicePort.Protocol && port.Port is > 0 and <= ushort.MaxValue)
                {
                    Add(merged, slice.Endpoints, (ushort)port.Port, family, node);
                }
            }
        }

        var result = merged.Values.ToArray();
        Array.Sort(result, Compare);
        return result;
    }

    private static void Add(
        Dictionary<(IPAddress, ushort), BackendCandidate> merged, IReadOnlyList<Endpoint> endpoints, ushort port, AddressFamily family, ThisNode node)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Addresses.Count == 0 || !AddressText.TryParse(endpoint.Addresses[0], out IPAddress address) || address.AddressFamily != family)
            {
                continue;
            }

            var candidate = Candidate(endpoint, address, port, node);
            if (!merged.TryGetValue((address, port), out var known) || IsBetter(candidate, known))
            {
                merged[(address, port)] = candidate;
            }
        }
    }

    private static BackendCandidate Candidate(Endpoint endpoint, IPAddress address, ushort port, ThisNode node) => new()
    {
        Address = address,
        Port = port,
        Ready = endpoint.Conditions.IsReady,
        Serving = endpoint.Conditions.IsServing,
        Terminating = endpoint.Conditions.IsTerminating,
        Local = endpoint.NodeName == node.Name,
        NodeHints = Names(endpoint.Hints?.ForNodes),
        ZoneHints = Names(endpoint.Hints?.ForZones),
    };

    private static IReadOnlyList<string> Names(IReadOnlyList<NamedHint>? hints) =>
        hints is null or [] ? [] : [.. hints.Select(h => h.Name)];

    private static bool IsBetter(BackendCandidate candidate, BackendCandidate known) =>
        candidate.Terminating != known.Terminating ? known.Terminating : candidate.Local && !known.Local;

    private static int Compare(BackendCandidate a, BackendCandidate b)
    {
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        a.Address.TryWriteBytes(left, out var leftLength);
        b.Address.TryWriteBytes(right, out var rightLength);
        var order = left[..leftLength].SequenceCompareTo(right[..rightLength]);
        return order != 0 ? order : a.Port.CompareTo(b.Port);
    }
}
