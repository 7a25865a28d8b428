using System.Net;
using System.Net.Sockets;

namespace Netweir.Controller.Services;

/// <summary>What a Service's state here depends on. <paramref name="Zone"/> is null when the node has no <c>topology.kubernetes.io/zone</c> label.</summary>
internal sealed record ThisNode(string Name, string? Zone)
{
    public IReadOnlyList<IPAddress> InternalIPs { get; init; } = [];

    /// <summary>The first one of a family, or null.</summary>
    public IPAddress? InternalIP(AddressFamily family) => InternalIPs.FirstOrDefault(a => a.AddressFamily == family);
}
