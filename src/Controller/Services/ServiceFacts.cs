using System.Net;
using System.Net.Sockets;
using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>What a Service says beside its ports, parsed. Addresses that cannot be parsed, or stand for no address, are left out.</summary>
internal sealed record ServiceFacts
{
    /// <summary>Value <c>maglev</c>: the backend follows from the flow's addresses and ports, on every node the same.</summary>
    public const string AlgorithmAnnotation = "netweir.io/lb-algorithm";

    public required IReadOnlyList<IPAddress> ClusterIPs { get; init; }

    /// <summary>Those with <c>ipMode</c> VIP: others are the load balancer's own business.</summary>
    public required IReadOnlyList<IPAddress> LoadBalancerIPs { get; init; }

    public required IReadOnlyList<IPAddress> ExternalIPs { get; init; }

    /// <summary>Of families that are restricted; a range that is everything lifts its family's restriction.</summary>
    public required IReadOnlyList<SourceRange> SourceRanges { get; init; }

    public required IReadOnlyList<string> InvalidSourceRanges { get; init; }

    /// <summary>Seconds; 0: none.</summary>
    public required uint AffinityTimeout { get; init; }

    public required bool Consistent { get; init; }

    public IEnumerable<AddressFamily> Families => ClusterIPs.Select(a => a.AddressFamily).Distinct();

    public static ServiceFacts Of(Service service, ServiceOptions options)
    {
        var (ranges, invalid) = RangesOf(service.Spec.LoadBalancerSourceRanges);
        return new ServiceFacts
        {
            ClusterIPs = Parsed(service.Spec.Addresses),
            LoadBalancerIPs = Parsed(service.Status.LoadBalancer.Ingress.Where(i => i.IPMode is null or "VIP").Select(i => i.IP ?? "")),
            ExternalIPs = options.ExternalIPs ? Parsed(service.Spec.ExternalIPs) : [],
            SourceRanges = ranges,
            InvalidSourceRanges = invalid,
            AffinityTimeout = service.Spec.SessionAffinity == "ClientIP" ? (uint)Math.Max(0, service.Spec.AffinityTimeoutSeconds) : 0,
            Consistent = service.Metadata.Annotations.TryGetValue(AlgorithmAnnotation, out var algorithm) && algorithm == "maglev",
        };
    }

    public bool IsRestricted(AddressFamily family) => SourceRanges.Any(r => r.Address.Family == family);

    /// <summary>
    /// Who may use the load balancer addresses: a node that is allowed may have such an address itself, and then comes from it (upstream: proxier.go,
    /// allowFromNode).
    /// </summary>
    public IReadOnlyList<SourceRange> SourceRangesAt(ThisNode node)
    {
        if (LoadBalancerIPs.Count == 0)
        {
            return [];
        }

        var own = LoadBalancerIPs.Where(a => node.InternalIP(a.AddressFamily) is { } ip && SourceRanges.Any(r => r.Contains(ip)));
        return [.. SourceRanges.Concat(own.Select(SourceRange.Of)).Distinct()];
    }

    private static (SourceRange[] Ranges, string[] Invalid) RangesOf(IReadOnlyList<string> texts)
    {
        var (ranges, invalid) = (new List<SourceRange>(), new List<string>());
        foreach (var text in texts)
        {
            if (AddressText.TryParse(text.Trim(), out SourceRange range))
            {
                ranges.Add(range);
            }
            else
            {
                invalid.Add(text);
            }
        }

        var open = ranges.Where(IsEverything).Select(r => r.Address.Family).ToHashSet();
        return ([.. ranges.Where(r => !open.Contains(r.Address.Family)).Distinct()], [.. invalid]);
    }

    private static bool IsEverything(SourceRange range) => range.PrefixLength == (range.Address.IsIPv4 ? Maps.Address.IPv4PrefixOffset : 0);

    private static IPAddress[] Parsed(IEnumerable<string> texts) =>
        [.. AddressText.Parsed(texts).Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any))];
}
