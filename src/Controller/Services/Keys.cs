using System.Net;
using System.Net.Sockets;
using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>Makes frontend keys; ports are in host byte order.</summary>
internal static class Keys
{
    public static FrontendKey Of(IPAddress address, ushort port, byte protocol) =>
        new() { Address = Address.From(address), Port = Be16.From(port), Protocol = protocol };

    /// <summary>At all of this node's addresses of a family.</summary>
    public static FrontendKey OfNode(AddressFamily family, ushort port, byte protocol) =>
        Of(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, port, protocol);

    public static bool IsOfNode(FrontendKey key) => key.Address.IsZero || key.Address == Address.From(IPAddress.Any);
}
