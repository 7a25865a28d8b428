using System.Net;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Reads the plugin's records and publishes the host ports in them when they changed. One thread at a time.</summary>
internal sealed class HostPortReader(AgentOptions options, Rtnetlink netlink, HostPortSource source)
{
    private static readonly HashSet<IPAddress> Nothing = [];
    private readonly EndpointCache _endpoints = new(options.StateDir);
    private IReadOnlyList<HostPortClaim>? _published;

    /// <summary>What cannot be served, one line each; as of the last turn.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>1 when they changed.</summary>
    /// <exception cref="IOException">The records cannot be read.</exception>
    public int Turn()
    {
        var pods = _endpoints.Ready();
        var problems = new List<string>();
        var claims = HostPortClaims.Compute(pods, NodeAddresses(pods), options.LocalhostNodePorts, problems);
        Problems = problems;
        if (_published is not null && _published.SequenceEqual(claims))
        {
            return 0;
        }
        source.Set(HostPortTable.Compute(claims));
        _published = claims;
        return 1;
    }

    /// <summary>Asked for only where a pod wants a certain one.</summary>
    private HashSet<IPAddress> NodeAddresses(IReadOnlyList<EndpointRecord> pods) =>
        pods.Any(p => p.PortMappings.Any(m => m.Problem() is null && m.Address() is not null))
            ? [.. netlink.Addresses.List().Select(a => a.Address)]
            : Nothing;
}
