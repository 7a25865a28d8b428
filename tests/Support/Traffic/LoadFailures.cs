using System.Net.Sockets;

namespace Netweir.Support.Traffic;

internal static class LoadFailures
{
    public static LoadFailure Of(Exception e) => e switch
    {
        OperationCanceledException => LoadFailure.Timeout,
        InvalidDataException => LoadFailure.WrongAnswer,
        EndOfStreamException => LoadFailure.Closed,
        SocketException socket => Of(socket.SocketErrorCode),
        _ => LoadFailure.Other,
    };

    /// <summary>What a request may fail with; anything else is a fault of ours and must surface.</summary>
    public static bool IsExpected(Exception e) =>
        e is OperationCanceledException or InvalidDataException or EndOfStreamException or SocketException;

    private static LoadFailure Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => LoadFailure.Refused,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => LoadFailure.Reset,
        SocketError.TimedOut => LoadFailure.Timeout,
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.AccessDenied => LoadFailure.Unreachable,
        _ => LoadFailure.Other,
    };
}
