using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Netweir.Controller;

/// <summary>Counts and logs what something else changed of what Netweir keeps, and Netweir put back.</summary>
internal sealed partial class TamperLog(Counter<long> counter, ILogger logger)
{
    /// <param name="external">False when the change is Netweir's own, as at its first turn.</param>
    /// <param name="kind">link, address, route, rule, neighbour, sysctl, filter, firewall, program, map, pin or file: the metric's label.</param>
    /// <param name="what">For the log.</param>
    public void CountIf(bool external, string kind, string what)
    {
        if (external)
        {
            counter.Add(1, new KeyValuePair<string, object?>("kind", kind));
            LogPutBack(logger, kind, what);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Something else changed a {Kind} that Netweir keeps: {What}; it is put back")]
    private static partial void LogPutBack(ILogger logger, string kind, string what);
}
