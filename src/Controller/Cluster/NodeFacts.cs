using System.Net;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>The part of a Node that the datapath depends on. Compares by value: a heartbeat makes no difference.</summary>
internal sealed record NodeFacts
{
    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>In API order.</summary>
    public required IReadOnlyList<IPAddress> InternalIPs { get; init; }

    public required IReadOnlyList<IPNetwork> PodCidrs { get; init; }

    /// <summary>The first InternalIP of the family, or null.</summary>
    public IPAddress? InternalIPv4 => InternalIPs.FirstOrDefault(a => a.IsIPv4());

    /// <summary>The first InternalIP of the family, or null.</summary>
    public IPAddress? InternalIPv6 => InternalIPs.FirstOrDefault(a => !a.IsIPv4());

    public IPAddress? InternalIP(bool ipv4) => ipv4 ? InternalIPv4 : InternalIPv6;

    /// <summary>What cannot be read as an address or a CIDR is left out, and named in <paramref name="problems"/>.</summary>
    public static NodeFacts From(Node node, ICollection<string> problems)
    {
        var addresses = new List<IPAddress>();
        foreach (var text in node.InternalIPs)
        {
            if (IPAddress.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                problems.Add($"node {node.Metadata.Name}: InternalIP '{text}' is no IP address: ignored");
            }
        }
        var cidrs = new List<IPNetwork>();
        foreach (var text in node.PodCIDRs)
        {
            if (Cidrs.TryParse(text, out var cidr))
            {
                cidrs.Add(cidr);
            }
            else
            {
                problems.Add($"node {node.Metadata.Name}: pod CIDR '{text}' is no CIDR: ignored");
            }
        }
        return new NodeFacts
        {
            Name = node.Metadata.Name,
            Created = node.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue,
            InternalIPs = addresses,
            PodCidrs = cidrs,
        };
    }

    public bool Equals(NodeFacts? other) =>
        other is not null && Name == other.Name && Created == other.Created
        && InternalIPs.SequenceEqual(other.InternalIPs) && PodCidrs.SequenceEqual(other.PodCidrs);

    public override int GetHashCode() => HashCode.Combine(Name, Created, InternalIPs.Count, PodCidrs.Count);
}
