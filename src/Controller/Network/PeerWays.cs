namespace Netweir.Controller;

/// <summary>A peer, and the way to its pods and its InternalIPs of each family.</summary>
internal sealed record PeerWays
{
    public required NodeFacts Peer { get; init; }

    public required Way IPv4 { get; init; }

    public required Way IPv6 { get; init; }

    public Way Of(bool ipv4) => ipv4 ? IPv4 : IPv6;
}
