using System.Net;

namespace Netweir.Controller;

/// <summary>Everything that one turn works from: what the API says and what the kernel says.</summary>
internal sealed record NodeInputs
{
    public required NodeFacts Own { get; init; }

    public required IReadOnlyList<NodeFacts> Peers { get; init; }

    public required IReadOnlyList<IPNetwork> ServiceCidrs { get; init; }

    public required HostFacts Host { get; init; }

    public required IReadOnlyList<Uplink> Uplinks { get; init; }

    /// <summary>Of services, outside of <see cref="ServiceCidrs"/>; null: not known yet.</summary>
    public IReadOnlySet<IPAddress>? ExternalAddresses { get; init; }
}
