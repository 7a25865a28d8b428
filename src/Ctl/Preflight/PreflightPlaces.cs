using System.Net;
using Netweir.NodeState;
using Netweir.NodeState.Foreign;

namespace Netweir.Ctl;

/// <summary>Where to look, and what Netweir is meant to use there.</summary>
internal sealed record PreflightPlaces
{
    public const ushort UsualVxlanPort = 4789;

    public required CtlPaths Paths { get; init; }

    public required HostRoot Host { get; init; }

    public required string CniConfDir { get; init; }

    public required string CniBinDir { get; init; }

    /// <summary>UDP.</summary>
    public required ushort VxlanPort { get; init; }

    /// <summary>Of pods and services, as far as the administrator told.</summary>
    public IReadOnlyList<IPNetwork> Ranges { get; init; } = [];

    public ForeignPaths Foreign => Paths.Foreign(Host, CniConfDir);
}
