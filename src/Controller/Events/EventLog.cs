using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller;

internal static partial class EventLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The Event {Reason} on {Kind} {Subject} cannot be sent: {Cause}")]
    public static partial void NotSent(ILogger logger, string kind, ObjectKey subject, string reason, string cause);
}
