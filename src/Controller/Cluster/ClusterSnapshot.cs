using System.Net;

namespace Netweir.Controller;

/// <summary>What the API says about nodes and service ranges at one moment.</summary>
internal sealed record ClusterSnapshot
{
    public required ClusterNodes Nodes { get; init; }

    /// <summary>Of the ServiceCIDR resources, distinct, in address order; empty when the API has none.</summary>
    public required IReadOnlyList<IPNetwork> ServiceCidrs { get; init; }

    /// <summary>What could not be used, one line each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
