using Microsoft.Extensions.Logging;
using Netweir.Kube;

namespace Netweir.Controller.Services;

internal static partial class ServicesLog
{
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "EndpointSlice {Slice} is ignored: it has no label kubernetes.io/service-name; whoever made it must set the name of its Service")]
    public static partial void SliceWithoutService(ILogger logger, ObjectKey slice);

    [LoggerMessage(Level = LogLevel.Error, Message = "Service {Service} is not {How}: {Detail}")]
    public static partial void Refused(ILogger logger, ObjectKey service, string how, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Service {Service} is programmed again")]
    public static partial void Recovered(ILogger logger, ObjectKey service);

    [LoggerMessage(Level = LogLevel.Error, Message = "A write to the service maps failed; reading them again and writing Services one by one")]
    public static partial void WriteFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entries} entries of the service maps had been changed by another writer and were put right")]
    public static partial void Drift(ILogger logger, int entries);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Service {Service} has what means nothing and is ignored, while the rest of it is programmed: {Ignored}")]
    public static partial void Ignored(ILogger logger, ObjectKey service, string ignored);
}
