using System.Net.Sockets;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>A failure as it is reported to the runtime.</summary>
internal sealed class CniException(CniErrorCode code, string message, string? details = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>ENOSPC and EDQUOT: the runtime hands on what the kernel says.</summary>
    private const int DiskFull = 28;
    private const int QuotaExceeded = 122;

    public CniErrorCode Code { get; } = code;

    public string? Details { get; } = details;

    /// <summary>Gives any failure its code.</summary>
    public static CniException From(Exception exception) => exception switch
    {
        CniException cni => cni,
        NetlinkException => Wrap(CniErrorCode.KernelRefused, exception),
        BpfException => Wrap(CniErrorCode.KernelRefused, exception),
        AddressesExhaustedException => Wrap(CniErrorCode.AddressesExhausted, exception),
        TimeoutException => Wrap(CniErrorCode.TryAgainLater, exception),
        JsonException => Wrap(CniErrorCode.DecodeFailure, exception),
        IOException { HResult: DiskFull or QuotaExceeded } => new CniException(
            CniErrorCode.IoFailure, exception.Message, "the file system is full: make room on it; the runtime tries again by itself", exception),
        IOException or UnauthorizedAccessException or SocketException => Wrap(CniErrorCode.IoFailure, exception),
        _ => new CniException(CniErrorCode.Internal, $"{exception.GetType().Name}: {exception.Message}", exception.StackTrace, exception),
    };

    private static CniException Wrap(CniErrorCode code, Exception exception) => new(code, exception.Message, null, exception);
}
