using Netweir.Endpoints;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>Everything that <c>ctl status</c> looked at.</summary>
internal sealed record StatusReport
{
    public required IReadOnlyList<PinnedProgram> Programs { get; init; }
    public required IReadOnlyList<Attachment> Attachments { get; init; }
    public required IReadOnlyList<MapFill> Maps { get; init; }
    public required IReadOnlyList<DropCount> Drops { get; init; }

    /// <summary>The CNI plugin's records.</summary>
    public required IReadOnlyList<EndpointRecord> Records { get; init; }

    /// <summary>Addresses in nw_endpoints.</summary>
    public required IReadOnlySet<Address> Endpoints { get; init; }

    /// <summary>null: the agent has not written them.</summary>
    public required NodeFacts? Node { get; init; }
    public required AgentHealth Agent { get; init; }

    /// <summary>Since boot.</summary>
    public required TimeSpan Uptime { get; init; }
}
