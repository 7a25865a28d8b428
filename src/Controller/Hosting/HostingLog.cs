using Microsoft.Extensions.Logging;

namespace Netweir.Controller;

internal static partial class HostingLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The health server could not answer")]
    public static partial void HttpFailed(ILogger logger, Exception cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Flag}: serving at http://{Address}")]
    public static partial void Serving(ILogger logger, string flag, System.Net.IPEndPoint address);

    [LoggerMessage(Level = LogLevel.Information, Message = "netweir-agent on node {Node}: kernel with TCX {Tcx}, health at http://{Health}")]
    public static partial void Starting(ILogger logger, string node, bool tcx, System.Net.IPEndPoint health);
}
