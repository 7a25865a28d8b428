using System.Net;
using System.Net.Sockets;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

/// <summary>Real packets between namespaces.</summary>
internal static class Exchange
{
    /// <summary>Sends one UDP message from one pod to another's address and returns the source that arrived.</summary>
    public static IPAddress FirstMessage(TestNamespace from, TestNamespace to, IPAddress target)
    {
        using Socket server = to.Handle.Run(() => new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        server.ReceiveTimeout = 5000;
        server.Bind(new IPEndPoint(target, 5353));
        using Socket client = from.Handle.Run(() => new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        client.SendTo("hello"u8, new IPEndPoint(target, 5353));
        EndPoint source = new IPEndPoint(target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        server.ReceiveFrom(new byte[16], ref source);
        return ((IPEndPoint)source).Address;
    }
}
