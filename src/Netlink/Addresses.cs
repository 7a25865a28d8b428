using System.Net.Sockets;

namespace Netweir.Netlink;

/// <summary>Addresses of interfaces, both families.</summary>
public sealed class Addresses
{
    private const int BufferLength = 256;
    private readonly NetlinkSocket _socket;

    internal Addresses(NetlinkSocket socket) => _socket = socket;

    /// <param name="linkIndex">Only this device's; 0 for all.</param>
    public List<InterfaceAddress> List(int linkIndex = 0)
    {
        var request = new MessageWriter(stackalloc byte[BufferLength], Rtm.GetAddr, 0);
        request.Put(0);
        request.Put(linkIndex);
        return _socket.Dump(
            ref request,
            "list addresses",
            (type, body) => type == Rtm.NewAddr && InterfaceAddress.Parse(body) is { } a && (linkIndex == 0 || a.LinkIndex == linkIndex) ? a : null);
    }

    /// <summary>Adds the address, or changes its flags when it is there.</summary>
    public void Replace(InterfaceAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var request = Write(stackalloc byte[BufferLength], Rtm.NewAddr, Nlm.Create | Nlm.Replace, address);
        _socket.Execute(ref request, $"add address {address}");
    }

    /// <returns>False when the address was not there.</returns>
    public bool Delete(InterfaceAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var request = Write(stackalloc byte[BufferLength], Rtm.DelAddr, 0, address);
        try
        {
            _socket.Execute(ref request, $"delete address {address}");
            return true;
        }
        catch (NetlinkException e) when (e.ErrorNumber is Errno.EADDRNOTAVAIL or Errno.ENODEV)
        {
            return false;
        }
    }

    private static MessageWriter Write(Span<byte> buffer, ushort type, ushort flags, InterfaceAddress address)
    {
        var request = new MessageWriter(buffer, type, flags);
        request.Put((byte)(address.Address.AddressFamily == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6));
        request.Put((byte)address.PrefixLength);
        request.Put((byte)address.Flags);
        request.Put((byte)address.Scope);
        request.Put(address.LinkIndex);
        request.AttributeAddress(Ifa.Local, address.Address);
        request.AttributeAddress(Ifa.Address, address.Address);
        request.Attribute(Ifa.Flags, (int)address.Flags);
        return request;
    }
}
