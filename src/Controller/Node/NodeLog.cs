using Microsoft.Extensions.Logging;

namespace Netweir.Controller;

internal static partial class NodeLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready: {Condition}: {Cause}")]
    public static partial void NotMet(ILogger logger, string condition, string cause);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Condition}: ok")]
    public static partial void Met(ILogger logger, string condition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Note}")]
    public static partial void Note(ILogger logger, string note);

    [LoggerMessage(Level = LogLevel.Information, Message = "Uplinks: {Uplinks}")]
    public static partial void Uplinks(ILogger logger, string uplinks);

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Peer}: {Ways}")]
    public static partial void Peer(ILogger logger, string peer, string ways);

    [LoggerMessage(Level = LogLevel.Information, Message = "This node is ready for pods: {File} written")]
    public static partial void Ready(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Stage}: {Writes} changes")]
    public static partial void Wrote(ILogger logger, string stage, int writes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Datapath loaded: {Object}, {Reason}")]
    public static partial void Loaded(ILogger logger, string @object, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Upgraded with all flows; maps of another layout or size: {Maps}")]
    public static partial void BroughtOver(ILogger logger, string maps);

    [LoggerMessage(Level = LogLevel.Error, Message = "Datapath refused, what was loaded before keeps running: {Cause}")]
    public static partial void Refused(ILogger logger, string cause);
}
