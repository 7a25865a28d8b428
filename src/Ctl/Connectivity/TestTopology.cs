namespace Netweir.Ctl;

/// <summary>What has been deployed, and what of the cluster is asked besides.</summary>
internal sealed record TestTopology
{
    private static readonly bool[] s_families = [false, true];

    public required string Namespace { get; init; }

    /// <summary>In the order of their numbers, which names of pods end with.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>One on each node.</summary>
    public required IReadOnlyList<TestPod> Pods { get; init; }

    /// <summary>One on each node, on its network. Their addresses are the node's.</summary>
    public required IReadOnlyList<TestPod> Hosts { get; init; }

    public required int HostPort { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, TestService> Services { get; init; }

    /// <summary>Of the service kubernetes.default, and its port.</summary>
    public required IReadOnlyList<string> ApiAddresses { get; init; }

    public required int ApiPort { get; init; }

    /// <summary>Of the service kube-dns; none: there is no such service.</summary>
    public required IReadOnlyList<string> DnsAddresses { get; init; }

    /// <summary>That all pods have; true is IPv6.</summary>
    public IEnumerable<bool> Families => s_families.Where(v6 => Pods.All(p => Of(p.Addresses, v6) is not null));

    /// <summary>The first address of a family, or null.</summary>
    public static string? Of(IReadOnlyList<string> addresses, bool ipv6) => addresses.FirstOrDefault(a => a.Contains(':', StringComparison.Ordinal) == ipv6);
}
