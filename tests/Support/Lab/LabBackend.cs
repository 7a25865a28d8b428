using System.Net;

namespace Netweir.Support.Lab;

/// <summary>
/// What an EndpointSlice says about one backend. Conditions that are null are left out, which Kubernetes reads as ready, serving and not
/// terminating.
/// </summary>
public sealed record LabBackend
{
    /// <summary>Of the pod, or of the node for one on the host network; also what its echo server answers.</summary>
    public required string Name { get; init; }

    public required string Node { get; init; }

    public required IPAddress IPv4 { get; init; }

    public required IPAddress IPv6 { get; init; }

    /// <summary>Of the echo server.</summary>
    public int Port { get; init; } = LabPod.Port;

    public int MirrorPort { get; init; } = LabPod.MirrorPort;

    public bool? IsReady { get; init; } = true;

    public bool? IsServing { get; init; } = true;

    public bool? IsTerminating { get; init; } = false;

    /// <summary>hints.forZones.</summary>
    public IReadOnlyList<string> ForZones { get; init; } = [];

    /// <summary>hints.forNodes.</summary>
    public IReadOnlyList<string> ForNodes { get; init; } = [];

    /// <summary>Its readiness probe fails.</summary>
    public LabBackend Unready => this with { IsReady = false, IsServing = false };

    /// <summary>Its pod was deleted, and it still serves.</summary>
    public LabBackend Terminating => this with { IsReady = false, IsTerminating = true };

    /// <summary>Its pod was deleted, and its readiness probe fails.</summary>
    public LabBackend TerminatingUnready => Terminating with { IsServing = false };

    public IPAddress Address(bool ipv6) => ipv6 ? IPv6 : IPv4;

    public static implicit operator LabBackend(LabPod pod) => FromLabPod(pod);

    public static LabBackend FromLabPod(LabPod pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return new LabBackend { Name = pod.Name, Node = pod.Node.Name, IPv4 = pod.IPv4, IPv6 = pod.IPv6 };
    }
}
