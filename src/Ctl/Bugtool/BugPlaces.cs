using System.Net;

namespace Netweir.Ctl;

/// <summary>Where a bug report is collected from.</summary>
internal sealed record BugPlaces(PreflightPlaces Node, IPEndPoint Agent)
{
    public CtlPaths Paths => Node.Paths;
}
