namespace Netweir.Kernels;

/// <summary>The cluster's addresses in one family.</summary>
internal sealed record Family
{
    public required string Node { get; init; }
    public required string Peer { get; init; }
    public required string Pods { get; init; }
    public required string PeerPods { get; init; }
    public required string Services { get; init; }
    public required string Pod1 { get; init; }
    public required string Pod2 { get; init; }
    public required string Remote { get; init; }
    public required string Service { get; init; }
    public required string World { get; init; }

    public bool IsIPv6 => Node.Contains(':', StringComparison.Ordinal);

    public string At(string address, int port) => IsIPv6 ? $"[{address}]:{port}" : $"{address}:{port}";
}
