using System.Net;
using System.Net.Sockets;
using System.Text;
using Netweir.Netlink;

namespace Netweir.Controller.Tests;

/// <summary>HTTP requests from within a <see cref="TestNode"/>'s namespace.</summary>
internal static class NodeHttp
{
    public const int Port = 30500;

    /// <summary>The whole answer, or empty when nobody listens.</summary>
    public static string Get(NetworkNamespace node, string address, int port, string path = "/")
    {
        var to = IPAddress.Parse(address);
        using var socket = node.Run(() => new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.ReceiveTimeout = 5000;
        try
        {
            socket.Connect(to, port);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return "";
        }
        socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        return reader.ReadToEnd();
    }
}
