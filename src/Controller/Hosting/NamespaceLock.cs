using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Netweir.Controller;

/// <summary>
/// One agent a network namespace, whatever its directories: two would take nw_host and the routes from one another for ever. An abstract Unix socket
/// belongs to the namespace and ends with its process, however that ends.
/// </summary>
internal sealed class NamespaceLock : IDisposable
{
    private const string Name = "netweir-agent";
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private readonly Socket _socket;

    private NamespaceLock(Socket socket) => _socket = socket;

    /// <exception cref="StartupException">Another agent has this namespace.</exception>
    public static NamespaceLock Take()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(Address);
            // So that a second one can ask who this is.
            socket.Listen(1);
            return new NamespaceLock(socket);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new StartupException(
                $"another netweir-agent ({Holder()}) works in this network namespace: both would own the same devices and routes, whatever their directories; "
                + "stop it first. A second agent on one machine needs a network namespace of its own", e);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static UnixDomainSocketEndPoint Address => new('\0' + Name);

    /// <summary>The process as this one sees it: 0 when it is in a process namespace that is not visible from here.</summary>
    private static string Holder()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        Span<byte> credentials = stackalloc byte[12];
        try
        {
            socket.Connect(Address);
            socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        }
        catch (SocketException e)
        {
            return $"its process cannot be asked: {e.Message}";
        }
        return MemoryMarshal.Read<int>(credentials) is > 0 and var process ? $"process {process}" : "a process of another container";
    }
}
