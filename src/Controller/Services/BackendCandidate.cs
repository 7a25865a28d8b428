using System.Net;

namespace Netweir.Controller.Services;

/// <summary>An address and port of an EndpointSlice with everything that decides whether a frontend may choose it. Absent conditions are resolved.</summary>
internal sealed record BackendCandidate
{
    public required IPAddress Address { get; init; }

    public required ushort Port { get; init; }

    public bool Ready { get; init; } = true;

    public bool Serving { get; init; } = true;

    public bool Terminating { get; init; }

    /// <summary>On this node.</summary>
    public bool Local { get; init; }

    public IReadOnlyList<string> NodeHints { get; init; } = [];

    public IReadOnlyList<string> ZoneHints { get; init; } = [];

    /// <summary>May be chosen when nothing is ready.</summary>
    public bool IsFallback => !Ready && Serving && Terminating;

    /// <summary>
    /// Flows that were sent here before may go on. Upstream (conntrack/cleanup.go) ends the flows to what does not serve any more for UDP alone:
    /// a connection outlives a readiness probe that fails, and ends with its endpoint.
    /// </summary>
    public bool KeepsFlows(byte protocol) => protocol != Protocols.Udp || Ready || Serving;
}
