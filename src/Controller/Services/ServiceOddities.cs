using System.Globalization;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>What of a Service and its slices means nothing and is passed over, for the log. An API server that validates lets none of it through.</summary>
internal static class ServiceOddities
{
    private const int Most = 5;
    private const int LongestQuote = 64;

    /// <summary>At most <see cref="Most"/> phrases, and how many there are beside them.</summary>
    public static IReadOnlyList<string> Of(ServiceSnapshot snapshot, ServiceFacts facts)
    {
        var all = snapshot.Service is { } service
            ? OfSpec(service.Spec).Concat(facts.InvalidSourceRanges.Select(r => $"loadBalancerSourceRanges '{Quote(r)}' (write it as 192.0.2.0/24 or 2001:db8::/32)"))
                .Concat(snapshot.Slices.SelectMany(OfSlice))
            : [];
        var found = new List<string>();
        var more = 0;
        foreach (var oddity in all)
        {
            if (found.Count < Most)
            {
                found.Add(oddity);
            }
            else
            {
                more++;
            }
        }

        return more == 0 ? found : [.. found, string.Create(CultureInfo.InvariantCulture, $"{more} more")];
    }

    private static IEnumerable<string> OfSpec(ServiceSpec spec)
    {
        foreach (var port in spec.Ports)
        {
            if (!IsPort(port.Port))
            {
                yield return $"port {port.Port}";
            }
            else if (Protocols.Number(port.Protocol) is null)
            {
                yield return $"protocol '{Quote(port.Protocol)}' of port {port.Port}";
            }

            if (port.NodePort != 0 && !IsPort(port.NodePort))
            {
                yield return $"nodePort {port.NodePort}";
            }
        }

        foreach (var address in spec.Addresses.Concat(spec.ExternalIPs).Where(a => !AddressText.IsAddress(a)))
        {
            yield return $"address '{Quote(address)}'";
        }
    }

    private static IEnumerable<string> OfSlice(EndpointSlice slice)
    {
        // A slice of names is somebody else's, as for kube-proxy.
        if (slice.AddressType is "FQDN")
        {
            yield break;
        }

        if (slice.AddressType is not ("IPv4" or "IPv6"))
        {
            yield return $"addressType '{Quote(slice.AddressType)}' of EndpointSlice {Quote(slice.Metadata.Name)}";
            yield break;
        }

        foreach (var port in slice.Ports.Where(p => p.Port is { } number && !IsPort(number)))
        {
            yield return $"port {port.Port} of EndpointSlice {Quote(slice.Metadata.Name)}";
        }

        foreach (var endpoint in slice.Endpoints)
        {
            if (endpoint.Addresses.Count == 0 || !AddressText.IsAddress(endpoint.Addresses[0]))
            {
                yield return $"address '{Quote(endpoint.Addresses.Count > 0 ? endpoint.Addresses[0] : "")}' of EndpointSlice {Quote(slice.Metadata.Name)}";
            }
        }
    }

    private static bool IsPort(int number) => number is > 0 and <= ushort.MaxValue;

    private static string Quote(string text) => text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";
}
